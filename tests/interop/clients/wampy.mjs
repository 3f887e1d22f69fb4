// wampy (JavaScript) as a peer of the router under test. To run it alone:
//
//   wampy.mjs --url ws://127.0.0.1:8080/ws --serializer msgpack check
//
// with NODE_PATH naming the folder that the npm packages are in. It has no RawSocket. crossbar ends the session of
// a wampy that subscribes over MessagePack or CBOR ({match: undefined}), or unregisters over CBOR (the id a float).

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { main, Refusal } from './suite.mjs';

const require = createRequire(import.meta.url);
const { Wampy } = require('wampy');
const cra = await import(require.resolve('wampy/wampcra.js'));
const cryptosign = require('wampy/cryptosign.js');
const { sign } = require('tweetnacl');
const WebSocket = require('ws');

const SERIALIZERS = {
    json: require('wampy/JsonSerializer.js').JsonSerializer,
    msgpack: require('wampy/MsgpackSerializer.js').MsgpackSerializer,
    cbor: require('wampy/CborSerializer.js').CborSerializer,
};

// Its MessagePack reads integers of eight octets as BigInt, ids among them, hence Number(…) here.
class Session {
    constructor(wampy, welcome, serializer, gone) {
        Object.assign(this, { wampy, gone });
        this.welcome = { ...welcome, session: Number(wampy.getSessionId()), serializer };
    }

    async call(procedure, args, kwargs, options) {
        return whole(await refusing(this.wampy.call(procedure, { argsList: args, argsDict: kwargs }, options)));
    }

    callForParts(procedure, args, kwargs, onPart) {
        return this.call(procedure, args, kwargs, { progress_callback: (part) => onPart(whole(part)) });
    }

    /** A call in parts: `send(args, more)`, and its result. */
    stream(procedure, args, onPart) {
        const options = onPart && { progress_callback: (part) => onPart(whole(part)) };
        const { result, sendData } = this.wampy.progressiveCall(procedure, { argsList: args }, options);
        return { result: refusing(result).then(whole), send: (part, more) => sendData({ argsList: part }, { progress: more }) };
    }

    begin(procedure, args) {
        const result = refusing(this.wampy.call(procedure, { argsList: args }));
        const { reqId } = this.wampy.getOpStatus();
        return { result, cancel: (mode) => this.wampy.cancel(reqId, { mode }) };
    }

    async register(procedure, handler, options) {
        const answer = async ({ argsList, argsDict, details, result_handler }) => {
            const progress = (args, kwargs) => result_handler({ argsList: args, argsDict: kwargs, options: { progress: true } });
            const known = { ...details, progress: details.receive_progress ? progress : null, partial: details.progress === true };
            try {
                const result = await handler(argsList ?? [], argsDict ?? {}, known);
                return result && { argsList: result.args, argsDict: result.kwargs, options: result.options };
            } catch (error) {
                throw { error: error.uri, argsList: error.args, argsDict: error.kwargs };
            }
        };
        return (await refusing(this.wampy.register(procedure, answer, options))).topic;
    }

    unregister(procedure) {
        return refusing(this.wampy.unregister(procedure));
    }

    async publish(topic, args, kwargs, options) {
        const { publicationId } = await refusing(this.wampy.publish(topic, { argsList: args, argsDict: kwargs }, options));
        return Number(publicationId);
    }

    async subscribe(topic, handler, options) {
        const listener = ({ argsList, argsDict, details }) => handler(argsList ?? [], argsDict ?? {}, details);
        const { subscriptionId } = await refusing(this.wampy.subscribe(topic, listener, options));
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

function whole({ argsList, argsDict }) {
    return { args: argsList ?? [], kwargs: argsDict ?? {} };
}

// It has progressive calls and does not say so, and the specification has a router refuse them then. Nor are they allowed
// to a callee that does not announce call canceling, which wampy has not: an INTERRUPT ends its session.
function announceStreams({ caller, callee }) {
    Object.assign(caller.features, { progressive_call_invocations: true });
    Object.assign(callee.features, { progressive_call_invocations: true, progressive_call_results: true, call_canceling: true });
}

async function refusing(promise) {
    try {
        return await promise;
    } catch (error) {
        throw error.errorUri ? new Refusal(error.errorUri, error.argsList, error.argsDict) : error;
    }
}

/** How it logs in: `secrets` are by method, as text; the key of cryptosign is a seed in hexadecimal digits. */
function credentials({ authid, secrets, ca, certificate }) {
    const files = Object.entries({ ca, ...certificate }).filter(([, path]) => path);
    const security = Object.fromEntries(files.map(([key, path]) => [key, readFileSync(path)]));
    const secured = { ws: class extends WebSocket { constructor(url, protocols) { super(url, protocols, security); } } };
    if (!authid) return secured; // without one it says nothing of methods
    const plugins = {
        anonymous: () => () => { throw new Error('challenged though anonymous'); },
        tls: () => () => { throw new Error('challenged though TLS has said it all'); },
        ticket: (ticket) => () => ticket,
        wampcra: cra.sign,
        cryptosign: cryptosign.sign,
    };
    const entries = Object.entries(secrets);
    return {
        ...secured,
        authid,
        authmethods: Object.keys(secrets),
        authMode: 'auto',
        authPlugins: Object.fromEntries(entries.map(([method, secret]) => [method, plugins[method](secret)])),
        authextra: secrets.cryptosign ? { pubkey: publicKey(secrets.cryptosign) } : {},
    };
}

function publicKey(seed) {
    return cryptosign.bytes2hex(sign.keyPair.fromSeed(cryptosign.hex2bytes(seed)).publicKey);
}

await main({
    name: 'wampy',
    cannot: {
        publish_unacknowledged: 'asks for an acknowledgement always',
        exclude_me_false: 'leaves the option out when it is false',
        cancel_kill: 'its callees cannot be interrupted',
        cancel_killnowait: 'its callees cannot be interrupted',
        concurrency: 'has no option concurrency',
        force_reregister: 'has no option force_reregister',
        remove_callee: 'has no means for a revocation',
        remove_subscriber: 'has no means for a revocation',
        retention: 'leaves the option retain out',
        ppt_wamp: ({ serializer }) => serializer === 'json' && 'its JSON has no binary, and its scheme wamp wants CBOR',
    },
    open: async ({ url, realm, serializer, streams, login }) => {
        const chosen = new SERIALIZERS[serializer]();
        const payloadSerializers = Object.fromEntries(Object.entries(SERIALIZERS).map(([name, Kind]) => [name, new Kind()]));
        const wampy = new Wampy(url, {
            realm, ws: WebSocket, serializer: chosen, autoReconnect: false, payloadSerializers, ...(login && credentials(login)),
        });
        if (streams) announceStreams(wampy._wamp_features.roles);
        const gone = new Promise((resolve) => wampy.setOptions({ onClose: () => resolve() })); // it tells no reason
        const welcome = await refusing(wampy.connect());
        return new Session(wampy, welcome, wampy.getOptions().serializer.protocol, gone);
    },
});
