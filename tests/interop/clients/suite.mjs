// What the JavaScript clients share: the checks of ../checks.json, a peer that serves and a peer that meets those
// that do (autobahn_python.py is the same in Python, and says what the modes are). A client is an object:
//
//   cannot       {check: why or (options) → why}, what this client cannot show
//   open(options) → session, with
//     welcome    {realm, authid, authrole, authmethod, agent, session, serializer}
//     call(procedure, args, kwargs, options) → {args, kwargs}; every refusal is thrown as a Refusal
//     register(procedure, handler(args, kwargs, details) → {args, kwargs} or nothing, options) → registration
//     unregister(registration)
//     publish(topic, args, kwargs, options) → publication id     tell(topic, args): without acknowledgement
//     subscribe(topic, handler(args, kwargs, details), options) → subscription      unsubscribe(subscription)
//     close() → reason
//
// open takes {url, realm, serializer}, and where somebody logs in {login}, an entry of a plan (auth.mjs).
// Options and details are those of the messages. What more there is for the Advanced Profile: advanced.mjs.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Advanced } from './advanced.mjs';
import { login } from './auth.mjs';

const TABLE = JSON.parse(readFileSync(new URL('../checks.json', import.meta.url)));
const PATIENCE = 10_000; // milliseconds that one step may take
const TOPIC = 'interop.meet.event';

/** An ERROR or ABORT, the same for every client. */
export class Refusal extends Error {
    constructor(uri, args, kwargs) {
        super(`refused: ${uri}`);
        Object.assign(this, { uri, args: args ?? [], kwargs: kwargs ?? {} });
    }
}

/** Reads the command line and does what it says with `client`. */
export async function main(client) {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { url: { type: 'string' }, realm: { type: 'string', default: 'realm1' }, serializer: { type: 'string' } },
    });
    const [mode, name = client.name, ...peers] = positionals;
    await { check, advanced, serve, meet, login }[mode](client, { ...values, name, peers });
    process.exit(0);
}

function check(client, options) {
    return checkAll(new Suite(client, options), 'checks');
}

function advanced(client, options) {
    return checkAll(new Advanced(client, options), 'advanced');
}

async function checkAll(suite, table) {
    await suite.open();
    const { cannot } = suite.client;
    for (const name of Object.keys(TABLE[table])) {
        const why = typeof cannot[name] === 'function' ? cannot[name](suite.options) : cannot[name];
        if (why) report(name, null, why);
        else await outcome(name, () => suite[name]());
    }
}

/** The checks, by their names in checks.json, over two sessions `a` and `b`. */
class Suite {
    constructor(client, options) {
        this.client = client;
        this.options = options;
    }

    async open() {
        this.a = await bounded(this.client.open(this.options));
        this.b = await bounded(this.client.open(this.options));
    }

    uri(tail) {
        return `interop.${this.options.name}.${tail}`;
    }

    join() {
        const { realm, authid, authrole, authmethod, session, serializer } = this.a.welcome;
        expect([realm, authmethod, serializer], [this.options.realm, 'anonymous', this.options.serializer]);
        expect([typeof authid, typeof authrole], ['string', 'string']);
        expect(Number.isSafeInteger(session) && session >= 1, true);
    }

    agent() {
        expect(typeof this.a.welcome.agent, 'string');
    }

    async no_such_realm() {
        const options = { ...this.options, realm: 'interop.no.such.realm' };
        await refused(this.client.open(options), 'wamp.error.no_such_realm');
    }

    async call() {
        await this.a.register(this.uri('echo'), (args, kwargs) => ({ args, kwargs }));
        const reply = await this.a.call(this.uri('echo'), [1, 'two'], { three: 3, four: [4] });
        expect(reply, { args: [1, 'two'], kwargs: { three: 3, four: [4] } });
    }

    async call_empty() {
        await this.a.register(this.uri('empty'), () => ({ args: [], kwargs: {} }));
        expect(await this.b.call(this.uri('empty'), [], {}), { args: [], kwargs: {} });
    }

    async error() {
        await this.a.register(this.uri('fail'), fail);
        const call = this.b.call(this.uri('fail'), [1, 'two', [3]], { reason: 'empty', left: 0 });
        const { args, kwargs } = await refused(call, 'interop.error.refused');
        expect([args, kwargs], [[1, 'two', [3]], { reason: 'empty', left: 0 }]);
    }

    async no_such_procedure() {
        await refused(this.a.call(this.uri('nobody'), [], {}), 'wamp.error.no_such_procedure');
    }

    async procedure_exists() {
        await this.a.register(this.uri('taken'), fail);
        await refused(this.b.register(this.uri('taken'), fail), 'wamp.error.procedure_already_exists');
    }

    async unregister() {
        const registration = await this.a.register(this.uri('brief'), () => ({ args: [1], kwargs: {} }));
        expect((await this.b.call(this.uri('brief'), [], {})).args, [1]);
        await this.a.unregister(registration);
        await refused(this.b.call(this.uri('brief'), [], {}), 'wamp.error.no_such_procedure');
    }

    register_prefix() {
        return this.registered('prefix', 'rpc.pre', 'rpc.prefixed.one');
    }

    register_wildcard() {
        return this.registered('wildcard', 'rpc..end', 'rpc.middle.end');
    }

    async registered(match, pattern, procedure) {
        await this.a.register(this.uri(pattern), (_args, _kwargs, { procedure }) => ({ args: [procedure], kwargs: {} }), { match });
        expect((await this.b.call(this.uri(procedure), [], {})).args, [this.uri(procedure)]);
    }

    async publish_acknowledged() {
        expect(Number.isSafeInteger(await this.a.publish(this.uri('nobody.listens'), [], {})), true);
    }

    async publish_unacknowledged() {
        const events = await subscribed(this.b, this.uri('unacknowledged'));
        this.a.tell(this.uri('unacknowledged'), [7]);
        expect((await events.holding(1)).map((event) => event.args), [[7]]);
    }

    async subscribe_exact() {
        const events = await subscribed(this.b, this.uri('topic.exact'));
        await this.a.publish(this.uri('topic.exact'), [1, 'two'], { three: 3, four: [4] });
        await this.a.publish(this.uri('topic.exact.not'), [2], {});
        const got = (await events.holding(1)).map(({ args, kwargs }) => [args, kwargs]);
        expect(got, [[[1, 'two'], { three: 3, four: [4] }]]);
    }

    subscribe_prefix() {
        return this.matched('prefix', 'topic.pre', ['topic.prefix.one', 'topic.pre'], 'topic.pr');
    }

    subscribe_wildcard() {
        return this.matched('wildcard', 'wild..end', ['wild.card.end', 'wild.cat.end'], 'wild.card.end.not');
    }

    async matched(match, pattern, topics, other) {
        const events = await subscribed(this.b, this.uri(pattern), { match });
        for (const topic of [...topics, other]) await this.a.publish(this.uri(topic), [topic], {});
        const got = (await events.holding(topics.length)).map(({ args, topic }) => [args, topic]);
        expect(got, topics.map((topic) => [[topic], this.uri(topic)]));
    }

    async subscribe_twice() {
        const dropped = await subscribed(this.b, this.uri('twice'));
        const kept = await subscribed(this.b, this.uri('twice'));
        await this.a.publish(this.uri('twice'), [1], {});
        await dropped.holding(1);
        await this.b.unsubscribe(dropped.subscription);
        await this.a.publish(this.uri('twice'), [2], {});
        await kept.holding(2);
        expect([dropped, kept].map((inbox) => inbox.events.map((event) => event.args)), [[[1]], [[1], [2]]]);
    }

    async unsubscribe() {
        const events = await subscribed(this.b, this.uri('left'));
        await this.a.publish(this.uri('left'), [1], {});
        await events.holding(1);
        await this.b.unsubscribe(events.subscription);
        await this.a.publish(this.uri('left'), [2], {});
        expect((await events.holding(1)).map((event) => event.args), [[1]]);
    }

    async exclude_me() {
        const events = await subscribed(this.a, this.uri('own'));
        await this.a.publish(this.uri('own'), [1], {});
        expect(await events.holding(0), []);
    }

    async exclude_me_false() {
        const events = await subscribed(this.a, this.uri('own.too'));
        await this.a.publish(this.uri('own.too'), [1], {}, { exclude_me: false });
        expect((await events.holding(1)).map((event) => event.args), [[1]]);
    }

    async values() {
        const wrong = [];
        for (const [name, value] of portable(this.options.serializer)) {
            const reply = await this.b.call(this.uri('echo'), [value], { again: value });
            if (!same(reply, { args: [value], kwargs: { again: value } })) wrong.push(`${name}: ${plain(reply)}`);
        }
        expect(wrong, []);
    }

    async large() {
        const value = '0123456789abcdef'.repeat(65_536);
        const { args } = await this.b.call(this.uri('echo'), [value], {});
        expect(args[0] === value, true);
    }

    async goodbye() {
        for (const session of [this.a, this.b]) {
            const reason = await session.close();
            expect(reason.startsWith('wamp.close.'), true);
        }
    }
}

/** Answers for a peer of the name `options.name`, until standard input ends. */
async function serve(client, options) {
    const session = await client.open(options);
    const values = portable(options.serializer);
    const seen = new Map(); // by publisher: how many events, and those that came changed

    await session.subscribe(TOPIC, ([publisher, name], { value }) => {
        if (!seen.has(publisher)) seen.set(publisher, [0, []]);
        const record = seen.get(publisher);
        record[0] += 1;
        if (values.has(name) && !same(value, values.get(name))) record[1].push(`${name} arrived as ${plain(value)}`);
    });
    await session.register(`interop.${options.name}.echo`, ([name, value], { again }) => {
        for (const got of [value, again]) {
            if (!same(got, values.get(name))) throw new Refusal('interop.error.changed', [`${name} arrived as ${plain(got)}`]);
        }
        return { args: [value], kwargs: { again } };
    });
    await session.register(`interop.${options.name}.fail`, fail);
    await session.register(`interop.${options.name}.nothing`, () => undefined);
    await session.register(`interop.${options.name}.seen`, ([publisher]) => ({ args: [seen.get(publisher) ?? [0, []]], kwargs: {} }));
    console.log(JSON.stringify({ ready: options.name }));
    for await (const _ of process.stdin);
    await session.close();
}

/** Calls every peer and publishes to all of them; one outcome per peer and kind. */
async function meet(client, options) {
    const session = await client.open(options);
    const values = portable(options.serializer);
    for (const [name, value] of values) await session.publish(TOPIC, [options.name, name], { value });
    for (const peer of options.peers) {
        await outcome(`call ${peer}`, async () => {
            for (const [name, value] of values) {
                const reply = await session.call(`interop.${peer}.echo`, [name, value], { again: value });
                if (!same(reply, { args: [value], kwargs: { again: value } })) throw new Error(`${name} came back as ${plain(reply)}`);
            }
        });
        await outcome(`nothing ${peer}`, async () => {
            const { args } = await session.call(`interop.${peer}.nothing`, [], {});
            expect(args.filter((arg) => arg !== null && arg !== undefined), []);
        });
        await outcome(`error ${peer}`, async () => {
            const { args, kwargs } = await refused(session.call(`interop.${peer}.fail`, [1], { why: 'so' }), 'interop.error.refused');
            expect([args, kwargs], [[1], { why: 'so' }]);
        });
        await outcome(`event ${peer}`, async () => {
            const { args } = await session.call(`interop.${peer}.seen`, [options.name], {});
            expect(args, [[values.size, []]]);
        });
    }
    await session.close();
}

function fail(args, kwargs) {
    throw new Refusal('interop.error.refused', args, kwargs);
}

/** The values of checks.json that JavaScript has; where JSON carries binary, by the specification's rule. */
function portable(serializer) {
    const binary = (text) => (serializer === 'json' ? `\0${text}` : Buffer.from(text, 'base64'));
    const rows = TABLE.values.filter((row) => !('beyond' in row));
    return new Map(rows.map((row) => [row.name, 'base64' in row ? binary(row.base64) : row.value]));
}

/** A subscription and its inbox. */
export async function subscribed(session, topic, options) {
    const inbox = new Inbox(session);
    const handler = (args, kwargs, details) => inbox.add({ args, kwargs, topic: details.topic, details });
    inbox.subscription = await session.subscribe(topic, handler, options);
    return inbox;
}

export class Inbox {
    events = [];
    grown = () => {};

    constructor(session) {
        this.session = session;
    }

    add(event) {
        this.events.push(event);
        this.grown();
    }

    /** The events once `count` of them are there, and any more that were on their way. */
    async holding(count) {
        while (this.events.length < count) await new Promise((resolve) => { this.grown = resolve; });
        await refused(this.session.call('interop.nobody', [], {}), 'wamp.error.no_such_procedure');
        return this.events;
    }
}

/** The refusal that `promise` must end with. */
export async function refused(promise, uri) {
    const refusal = await promise.then(() => { throw new Error(`expected ${uri}, got success`); }, (error) => error);
    if (!(refusal instanceof Refusal)) throw refusal;
    expect(refusal.uri, uri);
    return refusal;
}

export function bounded(promise) {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE); });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function outcome(name, act) {
    try {
        await bounded(Promise.resolve().then(act));
        report(name, true);
    } catch (error) {
        report(name, false, String(error));
    }
}

/** One outcome; `ok` is null where the client cannot show it. */
function report(check, ok, detail = '') {
    console.log(JSON.stringify({ check, ok, detail }));
}

export function expect(got, wanted) {
    if (!same(got, wanted)) throw new Error(`expected ${plain(wanted)}, got ${plain(got)}`);
}

function same(got, wanted) {
    return plain(got) === plain(wanted);
}

/** Text that is equal for equal values: keeps the order of keys and tells undefined, binary and big integers apart. */
function plain(value) {
    return JSON.stringify(value, function (key, seen) {
        const raw = this[key]; // before Buffer's own toJSON
        if (raw === undefined) return '(undefined)';
        if (typeof raw === 'bigint') return Number.isSafeInteger(Number(raw)) ? Number(raw) : `(${raw})`;
        if (raw instanceof Uint8Array) return `(binary) ${Buffer.from(raw).toString('base64')}`;
        return seen;
    });
}
