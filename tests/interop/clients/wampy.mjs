// wampy (JavaScript) as a peer of the router under test. To run it alone:
//
//   wampy.mjs --url ws://127.0.0.1:8080/ws --serializer msgpack check
//
// with NODE_PATH naming the folder that the npm packages are in. It has no RawSocket. crossbar ends the session of
// a wampy that subscribes over MessagePack or CBOR ({match: undefined}), or unregisters over CBOR (the id a float).

import { createRequire } from 'node:module';
import { main, Refusal } from './suite.mjs';

const require = createRequire(import.meta.url);
const { Wampy } = require('wampy');
const WebSocket = require('ws');

const SERIALIZERS = {
    json: require('wampy/JsonSerializer.js').JsonSerializer,
    msgpack: require('wampy/MsgpackSerializer.js').MsgpackSerializer,
    cbor: require('wampy/CborSerializer.js').CborSerializer,
};

// Its MessagePack reads integers of eight octets as BigInt, ids among them, hence Number(…) here.
class Session {
    constructor(wampy, welcome, serializer) {
        this.wampy = wampy;
        this.welcome = { ...welcome, session: Number(wampy.getSessionId()), serializer };
    }

    async call(procedure, args, kwargs) {
        const { argsList, argsDict } = await refusing(this.wampy.call(procedure, { argsList: args, argsDict: kwargs }));
        return { args: argsList ?? [], kwargs: argsDict ?? {} };
    }

    async register(procedure, handler, match) {
        const answer = ({ argsList, argsDict, details }) => {
            try {
                const result = handler(argsList ?? [], argsDict ?? {}, details.procedure);
                return result && { argsList: result.args, argsDict: result.kwargs };
            } catch (error) {
                throw { error: error.uri, argsList: error.args, argsDict: error.kwargs };
            }
        };
        return (await refusing(this.wampy.register(procedure, answer, match && { match }))).topic;
    }

    unregister(procedure) {
        return refusing(this.wampy.unregister(procedure));
    }

    async publish(topic, args, kwargs) {
        const { publicationId } = await refusing(this.wampy.publish(topic, { argsList: args, argsDict: kwargs }));
        return Number(publicationId);
    }

    async subscribe(topic, handler, match) {
        const listener = ({ argsList, argsDict, details }) => handler(argsList ?? [], argsDict ?? {}, details.topic);
        const { subscriptionId } = await refusing(this.wampy.subscribe(topic, listener, match && { match }));
        return { subscriptionId, listener };
    }

    unsubscribe({ subscriptionId, listener }) {
        return refusing(this.wampy.unsubscribe(subscriptionId, listener));
    }

    async close() {
        await this.wampy.disconnect(); // which comes back only after the router's GOODBYE and close
        return 'wamp.close.normal';
    }
}

async function refusing(promise) {
    try {
        return await promise;
    } catch (error) {
        throw error.errorUri ? new Refusal(error.errorUri, error.argsList, error.argsDict) : error;
    }
}

await main({
    name: 'wampy',
    cannot: {
        publish_unacknowledged: 'asks for an acknowledgement always',
        exclude_me_false: 'leaves the option out when it is false',
    },
    open: async ({ url, realm, serializer }) => {
        const chosen = new SERIALIZERS[serializer]();
        const wampy = new Wampy(url, { realm, ws: WebSocket, serializer: chosen, autoReconnect: false });
        const welcome = await refusing(wampy.connect());
        return new Session(wampy, welcome, wampy.getOptions().serializer.protocol);
    },
});
