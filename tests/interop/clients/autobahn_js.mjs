// autobahn (JavaScript) as a peer of the router under test. To run it alone:
//
//   autobahn_js.mjs --url ws://127.0.0.1:8080/ws --serializer cbor check
//   autobahn_js.mjs --url rs://127.0.0.1:8080 --serializer json check      (RawSocket: it has JSON only)
//
// with NODE_PATH naming the folder that the npm packages are in.

import { createRequire } from 'node:module';
import { main, Refusal } from './suite.mjs';

const autobahn = createRequire(import.meta.url)('autobahn');

const SERIALIZERS = {
    json: autobahn.serializer.JSONSerializer,
    msgpack: autobahn.serializer.MsgpackSerializer,
    cbor: autobahn.serializer.CBORSerializer,
};

class Session {
    constructor(connection, session, details, serializer) {
        const protocol = details.transport.protocol.split('.')[2];
        Object.assign(this, { connection, session, serializer });
        this.welcome = { ...details, session: session.id, serializer: protocol };
    }

    async call(procedure, args, kwargs) {
        const result = await refusing(this.session.call(procedure, args, kwargs));
        // A lone argument comes without its list, no argument as null.
        if (result instanceof autobahn.Result) return { args: result.args, kwargs: result.kwargs };
        return { args: result === null ? [] : [result], kwargs: {} };
    }

    register(procedure, handler, match) {
        // It yields [undefined] for a handler that returns nothing: null in JSON, undefined in CBOR, while its
        // MessagePack throws that away without an answer, so there the handler says null itself.
        const nothing = this.serializer === 'msgpack' ? null : undefined;
        const endpoint = (args, kwargs, details) => {
            try {
                const result = handler(args, kwargs, details.procedure);
                return result ? new autobahn.Result(result.args, result.kwargs) : nothing;
            } catch (error) {
                throw new autobahn.Error(error.uri, error.args, error.kwargs);
            }
        };
        return refusing(this.session.register(procedure, endpoint, match && { match }));
    }

    unregister(registration) {
        return refusing(registration.unregister());
    }

    async publish(topic, args, kwargs, options) {
        return (await refusing(this.session.publish(topic, args, kwargs, { acknowledge: true, ...options }))).id;
    }

    tell(topic, args) {
        this.session.publish(topic, args);
    }

    subscribe(topic, handler, match) {
        const listener = (args, kwargs, details) => handler(args, kwargs, details.topic);
        return refusing(this.session.subscribe(topic, listener, match && { match }));
    }

    unsubscribe(subscription) {
        return refusing(subscription.unsubscribe());
    }

    close() {
        return new Promise((resolve) => {
            this.connection.onclose = (_reason, details) => resolve(details.reason);
            this.connection.close();
        });
    }
}

async function refusing(promise) {
    try {
        return await promise;
    } catch (error) {
        throw error instanceof autobahn.Error ? new Refusal(error.error, error.args, error.kwargs) : error;
    }
}

function transport(address) {
    const url = new URL(address);
    if (url.protocol === 'ws:') return { type: 'websocket', url: address };
    if (url.protocol === 'rs+unix:') return { type: 'rawsocket', path: url.pathname };
    return { type: 'rawsocket', host: url.hostname, port: Number(url.port) };
}

await main({
    name: 'autobahn_js',
    cannot: {},
    open: ({ url, realm, serializer }) => new Promise((resolve, reject) => {
        const connection = new autobahn.Connection({
            transports: [transport(url)],
            serializers: [new SERIALIZERS[serializer]()],
            realm,
            max_retries: 0,
            use_es6_promises: true,
        });
        connection.onopen = (session, details) => resolve(new Session(connection, session, details, serializer));
        connection.onclose = (reason, details) => reject(details.reason ? new Refusal(details.reason) : new Error(reason));
        connection.open();
    }),
});
