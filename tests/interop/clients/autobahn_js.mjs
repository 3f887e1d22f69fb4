// autobahn (JavaScript) as a peer of the router under test. To run it alone:
//
//   autobahn_js.mjs --url ws://127.0.0.1:8080/ws --serializer cbor check
//   autobahn_js.mjs --url rs://127.0.0.1:8080 --serializer json check      (RawSocket: it has JSON only)
//
// with NODE_PATH naming the folder that the npm packages are in.

import { readFileSync } from 'node:fs';
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
        this.gone = new Promise((resolve) => { connection.onclose = (_reason, { reason }) => resolve(reason); });
        this.welcome = { ...details, session: session.id, serializer: protocol };
    }

    async call(procedure, args, kwargs, options) {
        return whole(await refusing(this.session.call(procedure, args, kwargs, { ...options })));
    }

    callForParts(procedure, args, kwargs, onPart) {
        const call = this.session.call(procedure, args, kwargs, { receive_progress: true });
        call.onPart = (part) => onPart(whole(part));
        return refusing(call.then(whole));
    }

    begin(procedure, args) {
        const call = this.session.call(procedure, args);
        return { result: refusing(call), cancel: (mode) => call.cancel({ mode }) };
    }

    register(procedure, handler, options) {
        // It yields [undefined] for a handler that returns nothing: null in JSON, undefined in CBOR, while its
        // MessagePack throws that away without an answer, so there the handler says null itself.
        const nothing = this.serializer === 'msgpack' ? null : undefined;
        const endpoint = async (args, kwargs, details) => {
            try {
                const result = await handler(args, kwargs, details);
                return result ? new autobahn.Result(result.args, result.kwargs) : nothing;
            } catch (error) {
                throw new autobahn.Error(error.uri, error.args, error.kwargs);
            }
        };
        return refusing(this.session.register(procedure, endpoint, options));
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

    subscribe(topic, handler, options) {
        return refusing(this.session.subscribe(topic, handler, options));
    }

    unsubscribe(subscription) {
        return refusing(subscription.unsubscribe());
    }

    close() {
        this.connection.close();
        return this.gone;
    }
}

// A lone argument comes without its list, no argument as null.
function whole(result) {
    if (result instanceof autobahn.Result) return { args: result.args, kwargs: result.kwargs };
    return { args: result === null ? [] : [result], kwargs: {} };
}

/** A promise that also tells of the parts of a progressive result; those of ECMAScript 6 do not. */
function deferred() {
    let settle;
    const promise = new Promise((resolve, reject) => { settle = { resolve, reject }; });
    return { promise, ...settle, notify: (part) => promise.onPart(part) };
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
    if (['ws:', 'wss:'].includes(url.protocol)) return { type: 'websocket', url: address };
    if (url.protocol === 'rs+unix:') return { type: 'rawsocket', path: url.pathname };
    return { type: 'rawsocket', host: url.hostname, port: Number(url.port) };
}

/** How it logs in: `secrets` are by method, as text; the key of cryptosign is a seed in hexadecimal digits. */
function credentials({ authid, secrets }) {
    const { auth_cra: cra, auth_cryptosign: cryptosign, nacl, util } = autobahn;
    const key = secrets.cryptosign && nacl.sign.keyPair.fromSeed(util.htob(secrets.cryptosign));
    const answers = {
        ticket: () => secrets.ticket,
        wampcra: ({ challenge, salt, iterations, keylen }) => {
            const secret = salt ? cra.derive_key(secrets.wampcra, salt, iterations, keylen) : secrets.wampcra;
            return cra.sign(secret, challenge);
        },
        cryptosign: (extra) => cryptosign.sign_challenge(key, extra),
    };
    return {
        authid,
        authmethods: Object.keys(secrets),
        // As its own create_connection has it, which leaves the serializers out.
        authextra: key && { pubkey: cryptosign.public_key(key), trustroot: null, challenge: null, channel_binding: null },
        onchallenge: (_session, method, extra) => answers[method](extra),
    };
}

/** With a certificate of its own it does not look at the router's; without, NODE_EXTRA_CA_CERTS has whom it trusts. */
function certificate({ ca, certificate } = {}) {
    if (!certificate) return {};
    const files = { ca, ...certificate };
    return { tlsConfiguration: Object.fromEntries(Object.entries(files).map(([key, path]) => [key, readFileSync(path)])) };
}

await main({
    name: 'autobahn_js',
    cannot: {
        progressive_invocations: 'has progressive results only',
        progressive_both: 'has progressive results only',
        cancel_skip: 'takes the ERROR that ends the call for a violation',
        cancel_kill: 'its callees cannot be interrupted',
        cancel_killnowait: 'takes the ERROR that ends the call for a violation',
        ppt_call: 'has no payload passthru',
        ppt_publish: 'has no payload passthru',
        ppt_wamp: 'has no payload passthru',
    },
    open: ({ url, realm, serializer, login }) => new Promise((resolve, reject) => {
        const connection = new autobahn.Connection({
            transports: [{ ...transport(url), ...certificate(login) }],
            serializers: [new SERIALIZERS[serializer]()],
            realm,
            max_retries: 0,
            use_deferred: deferred,
            ...(login && credentials(login)),
        });
        connection.onopen = (session, details) => resolve(new Session(connection, session, details, serializer));
        connection.onclose = (reason, details) => reject(details.reason ? new Refusal(details.reason) : new Error(reason));
        connection.open();
    }),
});
