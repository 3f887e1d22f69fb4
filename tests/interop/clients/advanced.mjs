// The Advanced Profile as the JavaScript clients have it: the checks under "advanced" in ../checks.json, over three
// sessions (autobahn_python_advanced.py is the same in Python). The router must open any realm. Of a session it wants,
// besides what suite.mjs says and where the client has it:
//
//     gone                                        promise of the reason for which the session ended, if the client tells
//     callForParts(procedure, args, kwargs, onPart({args, kwargs})) → the last part
//     stream(procedure, args, onPart) → {send(args, more), result}, a call in parts; open({streams: true}) for that
//     begin(procedure, args) → {result, cancel(mode)}
//     register: details.progress is a function (args, kwargs) if the caller asked for parts, or else null;
//               details.partial tells that more arguments will follow

import { bounded, expect, Inbox, refused, subscribed } from './suite.mjs';

const CANCELED = 'wamp.error.canceled';
const CONFLICT = 'wamp.error.procedure_exists_with_different_invocation_policy';
const NEVER = new Promise(() => {});

export class Advanced {
    constructor(client, options) {
        this.client = client;
        this.options = options;
    }

    async open() {
        for (const name of ['a', 'b', 'c']) this[name] = await this.session();
    }

    session(options) {
        return bounded(this.client.open({ ...this.options, ...options }));
    }

    uri(tail) {
        return `interop.${this.options.name}.${tail}`;
    }

    // Calls

    async progressive_results() {
        await this.a.register(this.uri('squares'), ([count], _kwargs, { progress }) => {
            for (let number = 0; number < count; number += 1) progress([number], { square: number * number });
            return { args: ['done'], kwargs: {} };
        });
        const parts = [];
        const last = await this.b.callForParts(this.uri('squares'), [4], {}, (part) => parts.push(part));
        expect(last, { args: ['done'], kwargs: {} });
        expect(parts, [0, 1, 2, 3].map((number) => ({ args: [number], kwargs: { square: number * number } })));
    }

    async progressive_results_unasked() {
        await this.a.register(this.uri('unasked'), (_args, _kwargs, { progress }) => one(progress === null));
        expect(await value(this.b, this.uri('unasked')), true);
    }

    async progressive_invocations() {
        const [caller, callee] = [await this.session({ streams: true }), await this.session({ streams: true })];
        const parts = [];
        await callee.register(this.uri('sum'), ([number], _kwargs, { partial }) => {
            parts.push(number);
            return partial ? NEVER : one(parts.reduce((sum, part) => sum + part));
        });
        const call = caller.stream(this.uri('sum'), [1]);
        call.send([2], true);
        call.send([3], false);
        expect((await call.result).args, [6]);
        expect(parts, [1, 2, 3]);
    }

    async progressive_both() {
        const [caller, callee] = [await this.session({ streams: true }), await this.session({ streams: true })];
        const doubled = ([number], _kwargs, { partial }) => ({ ...one(2 * number), options: { progress: partial } });
        await callee.register(this.uri('double'), doubled);
        const parts = [];
        const call = caller.stream(this.uri('double'), [1], ({ args }) => parts.push(args));
        call.send([2], true);
        call.send([3], false);
        expect((await call.result).args, [6]);
        expect(parts, [[2], [4]]);
    }

    cancel_skip() {
        return this.canceled('skip');
    }

    cancel_fallback() {
        return this.canceled('kill');
    }

    async canceled(mode) {
        let started;
        let finish;
        const begun = new Promise((resolve) => { started = resolve; });
        const done = new Promise((resolve) => { finish = resolve; });
        await this.a.register(this.uri(`work.${mode}`), async () => {
            started();
            await done;
            return one('late');
        });
        const call = this.b.begin(this.uri(`work.${mode}`), []);
        await begun;
        call.cancel(mode);
        await refused(call.result, CANCELED);
        finish(); // the late answer troubles nobody
        await settled(this.a);
        await settled(this.b);
    }

    async call_timeout() {
        await this.a.register(this.uri('slow'), () => NEVER);
        await refused(this.b.call(this.uri('slow'), [], {}, { timeout: 100 }), 'wamp.error.timeout');
    }

    async caller_disclosure() {
        await this.a.register(this.uri('who'), (_args, _kwargs, { caller }) => one(caller === undefined ? null : Number(caller)));
        expect(await value(this.b, this.uri('who')), null);
        expect((await this.b.call(this.uri('who'), [], {}, { disclose_me: true })).args, [ident(this.b)]);
    }

    // Registrations

    async register_precedence() {
        for (const [pattern, match] of [
            ['order.one.two', 'exact'], ['order.one', 'prefix'], ['order', 'prefix'], ['order..two', 'wildcard'],
            ['.one.three', 'wildcard'],
        ]) await this.a.register(this.uri(pattern), () => one(`${match} ${pattern}`), { match });
        for (const [procedure, wanted] of [
            ['order.one.two', 'exact order.one.two'],
            ['order.one.three', 'prefix order.one'],
            ['order.none.two', 'prefix order'],
            ['chaos.one.three', 'wildcard .one.three'],
        ]) expect(await value(this.b, this.uri(procedure)), wanted);
    }

    async shared_roundrobin() {
        await this.share('roundrobin');
        expect(await this.ask('roundrobin', 6), ['a', 'b', 'a', 'b', 'a', 'b']);
    }

    async shared_first() {
        const [first] = await this.share('first');
        expect(await this.ask('first', 3), ['a', 'a', 'a']);
        await this.a.unregister(first);
        expect(await this.ask('first', 1), ['b']);
    }

    async shared_last() {
        const [, last] = await this.share('last');
        expect(await this.ask('last', 3), ['b', 'b', 'b']);
        await this.b.unregister(last);
        expect(await this.ask('last', 1), ['a']);
    }

    async shared_random() {
        await this.share('random');
        expect([...new Set(await this.ask('random', 64))].sort(), ['a', 'b']);
    }

    async shared_conflict() {
        await this.a.register(this.uri('shared.conflict'), () => one('a'), { invoke: 'roundrobin' });
        for (const invoke of ['random', 'first']) {
            await refused(this.b.register(this.uri('shared.conflict'), () => one('b'), { invoke }), CONFLICT);
        }
    }

    /** Registers a procedure in `a` and `b`, in this order. */
    async share(invoke) {
        const registrations = [];
        for (const name of ['a', 'b']) {
            registrations.push(await this[name].register(this.uri(`shared.${invoke}`), () => one(name), { invoke }));
        }
        return registrations;
    }

    async ask(invoke, times) {
        const answers = [];
        while (answers.length < times) answers.push(await value(this.c, this.uri(`shared.${invoke}`)));
        return answers;
    }

    async concurrency() {
        const finish = [];
        for (const session of [this.a, this.b]) {
            const work = async () => one(await new Promise((resolve) => { finish.push(resolve); }));
            await session.register(this.uri('busy'), work, { invoke: 'first', concurrency: 1 });
        }
        const calls = [1, 2].map(() => this.c.call(this.uri('busy'), [], {}));
        await refused(this.c.call(this.uri('busy'), [], {}), 'wamp.error.no_available_callee');
        await settled(this.a);
        await settled(this.b);
        for (const resolve of finish) resolve('done');
        expect((await Promise.all(calls)).map(({ args }) => args), [['done'], ['done']]);
    }

    async force_reregister() {
        await this.a.register(this.uri('forced'), () => one('a'));
        await this.b.register(this.uri('forced'), () => one('b'), { force_reregister: true });
        expect(await value(this.c, this.uri('forced')), 'b');
        await settled(this.a); // which took the revocation well
    }

    // Events

    exclude() {
        return this.reached('exclude', { exclude: [ident(this.b)] }, ['c']);
    }

    exclude_authid() {
        return this.reached('exclude_authid', { exclude_authid: [this.b.welcome.authid] }, ['c']);
    }

    exclude_authrole() {
        return this.reached('exclude_authrole', { exclude_authrole: ['anonymous'] }, []);
    }

    eligible() {
        return this.reached('eligible', { eligible: [ident(this.b)] }, ['b']);
    }

    eligible_authid() {
        return this.reached('eligible_authid', { eligible_authid: [this.b.welcome.authid] }, ['b']);
    }

    async eligible_authrole() {
        await this.reached('eligible_authrole', { eligible_authrole: ['anonymous'] }, ['b', 'c']);
        await this.reached('eligible_authrole.none', { eligible_authrole: ['interop.other'] }, []);
    }

    /** What `a` publishes with these options reaches those. */
    async reached(topic, options, wanted) {
        const inboxes = {};
        for (const name of ['b', 'c']) inboxes[name] = await subscribed(this[name], this.uri(topic));
        await this.a.publish(this.uri(topic), ['limited'], {}, options);
        await this.a.publish(this.uri(topic), ['free'], {});
        for (const [name, inbox] of Object.entries(inboxes)) {
            const texts = wanted.includes(name) ? ['limited', 'free'] : ['free'];
            expect((await inbox.holding(texts.length)).map(({ args }) => args), texts.map((text) => [text]));
        }
    }

    async publisher_disclosure() {
        const events = await subscribed(this.b, this.uri('whose'));
        await this.a.publish(this.uri('whose'), [1], {});
        await this.a.publish(this.uri('whose'), [2], {}, { disclose_me: true });
        const [hidden, shown] = await events.holding(2);
        expect([hidden.details.publisher ?? null, Number(shown.details.publisher)], [null, ident(this.a)]);
    }

    async retention() {
        const topic = this.uri('retained');
        for (const number of [1, 2]) await this.a.publish(topic, [number], {}, { retain: true });
        await this.a.publish(topic, [3], {});
        const fresh = await subscribed(this.b, topic);
        expect(await fresh.holding(0), []);
        const events = await subscribed(this.c, topic, { get_retained: true });
        await events.holding(1);
        await this.a.publish(topic, [4], {});
        const seen = (await events.holding(2)).map(({ args, details }) => [args, Boolean(details.retained)]);
        expect(seen, [[[2], true], [[4], false]]);
    }

    async testaments() {
        const topic = this.uri('testament');
        const events = await subscribed(this.b, topic);
        for (const [flushed, wanted] of [
            [null, ['detached', 'destroyed']], ['destroyed', ['detached']], ['detached', ['destroyed']],
        ]) {
            events.events.length = 0;
            const session = await this.session();
            for (const scope of ['detached', 'destroyed']) {
                await session.call('wamp.session.add_testament', [topic, [scope], { left: 1 }], { scope });
            }
            if (flushed) await session.call('wamp.session.flush_testaments', [], { scope: flushed });
            await session.close();
            const seen = (await events.holding(wanted.length)).map(({ args, kwargs }) => [args, kwargs]);
            expect(seen, wanted.map((scope) => [[scope], { left: 1 }]));
        }
    }

    // Sessions

    async session_procedures() {
        const listed = (await value(this.a, 'wamp.session.list')).map(Number);
        expect([this.a, this.b, this.c].every((session) => listed.includes(ident(session))), true);
        expect(Number(await value(this.a, 'wamp.session.count')) >= 3, true);
        expect(await value(this.a, 'wamp.session.count', [['interop.other']]), 0);
        const { session, authid, authrole } = await value(this.a, 'wamp.session.get', [ident(this.b)]);
        expect([Number(session), authid, authrole], [ident(this.b), this.b.welcome.authid, 'anonymous']);
        await refused(this.a.call('wamp.session.get', [1], {}), 'wamp.error.no_such_session');
    }

    async session_events() {
        const events = await watching(this.b, 'wamp.session', ['on_join', 'on_leave']);
        const session = await this.session();
        await session.close();
        const [join, leave] = await events.holding(2);
        const wanted = [ident(session), session.welcome.authid, 'anonymous'];
        expect([Number(join.args[0].session), join.args[0].authid, join.args[0].authrole], wanted);
        expect([Number(leave.args[0]), ...leave.args.slice(1)], wanted);
    }

    async session_kill() {
        const victim = await this.session();
        const reason = { reason: 'interop.killed', message: 'as asked' };
        await this.a.call('wamp.session.kill', [ident(victim)], reason);
        await killed(victim);
        for (const session of [1, ident(this.a)]) {
            await refused(this.a.call('wamp.session.kill', [session], {}), 'wamp.error.no_such_session');
        }
    }

    async session_kill_by_authid() {
        const victim = await this.session();
        const { args } = await this.a.call('wamp.session.kill_by_authid', [victim.welcome.authid], { reason: 'interop.killed' });
        expect(args[0].map(Number), [ident(victim)]);
        await killed(victim);
    }

    session_kill_by_authrole() {
        return this.emptied('kill_by_authrole', ['anonymous']);
    }

    session_kill_all() {
        return this.emptied('kill_all', []);
    }

    /** Two sessions of three in a realm of their own are killed by the third. */
    async emptied(procedure, args) {
        const realm = `${this.options.realm}.${procedure}`;
        const [killer, ...victims] = await Promise.all([1, 2, 3].map(() => this.session({ realm })));
        expect((await killer.call(`wamp.session.${procedure}`, args, { reason: 'interop.killed' })).args, [2]);
        for (const victim of victims) await killed(victim);
        await settled(killer);
        await killer.close();
    }

    // Registrations and subscriptions

    registration_procedures() {
        const add = (session, uri, options) => session.register(uri, () => one(1), options);
        return this.looked('registration', 'callees', add, { invoke: 'roundrobin' });
    }

    subscription_procedures() {
        return this.looked('subscription', 'subscribers', (session, uri, options) => subscribed(session, uri, options), {});
    }

    /** What the meta API says of one registration, or subscription, of `a` and `b`, and one of `a` by prefix. */
    async looked(kind, members, add, options) {
        const ask = (name, ...args) => value(this.c, `wamp.${kind}.${name}`, args);
        const uri = this.uri(`${kind}.listed`);
        for (const session of [this.a, this.b]) await add(session, uri, options);
        const id = await ask('lookup', uri);
        expect(await ask('lookup', this.uri('nobody')), null);
        await add(this.a, `${uri}.prefix`, { match: 'prefix' });
        const pattern = await ask('lookup', `${uri}.prefix`, { match: 'prefix' });
        const { exact, prefix } = await ask('list');
        expect([exact.includes(id), prefix.includes(pattern)], [true, true]);
        expect([await ask('match', uri), await ask('match', `${uri}.prefixed`)].flat(), [id, pattern]);
        const { id: told, uri: of, match } = await ask('get', id);
        expect([told, of, match], [id, uri, 'exact']);
        const ids = [ident(this.a), ident(this.b)].sort();
        expect((await ask(`list_${members}`, id)).map(Number).sort(), ids);
        expect(await ask(`count_${members}`, id), 2);
        await refused(ask('get', 4_711_000), `wamp.error.no_such_${kind}`);
    }

    async registration_events() {
        const events = await watching(this.c, 'wamp.registration', ['on_create', 'on_register', 'on_unregister', 'on_delete']);
        const uri = this.uri('watched');
        const registration = await this.a.register(uri, () => one(1));
        await this.a.unregister(registration);
        await this.told(events, 'registration', uri, ['on_register', 'on_unregister', 'on_delete']);
    }

    async subscription_events() {
        const events = await watching(this.c, 'wamp.subscription', ['on_create', 'on_subscribe', 'on_unsubscribe', 'on_delete']);
        const topic = this.uri('observed');
        const { subscription } = await subscribed(this.a, topic);
        await this.a.unsubscribe(subscription);
        await this.told(events, 'subscription', topic, ['on_subscribe', 'on_unsubscribe', 'on_delete']);
    }

    async told(events, kind, uri, names) {
        const [created, ...others] = await events.holding(1 + names.length);
        const { id, uri: of, match } = created.args[1];
        expect([created.topic, Number(created.args[0]), of, match], [`wamp.${kind}.on_create`, ident(this.a), uri, 'exact']);
        const seen = others.map(({ topic, args }) => [topic, args.map(Number)]);
        expect(seen, names.map((name) => [`wamp.${kind}.${name}`, [ident(this.a), Number(id)]]));
    }

    async remove_callee() {
        await this.a.register(this.uri('removed'), () => one(1));
        const id = await value(this.b, 'wamp.registration.lookup', [this.uri('removed')]);
        await this.b.call('wamp.registration.remove_callee', [id, ident(this.a)], {});
        await refused(this.b.call(this.uri('removed'), [], {}), 'wamp.error.no_such_procedure');
        await settled(this.a);
    }

    async remove_subscriber() {
        const events = await subscribed(this.a, this.uri('evicted'));
        const id = await value(this.b, 'wamp.subscription.lookup', [this.uri('evicted')]);
        await this.b.call('wamp.subscription.remove_subscriber', [id, ident(this.a)], {});
        await this.b.publish(this.uri('evicted'), [1], {});
        expect(await events.holding(0), []);
    }

    async reflection() {
        const uri = this.uri('reflected');
        await this.a.register(uri, () => one(1));
        await this.a.call('wamp.reflect.define', [uri, { about: 'one' }], {});
        expect((await value(this.b, 'wamp.reflection.procedure.list')).includes(uri), true);
        const told = await value(this.b, 'wamp.reflection.procedure.describe', [uri]);
        expect([told.uri, told.description], [uri, { about: 'one' }]);
    }

    // Payload passthru mode

    ppt_call() {
        return this.passedByCall({ ppt_scheme: 'x_interop', ppt_serializer: this.options.serializer });
    }

    ppt_publish() {
        return this.passedByEvent({ ppt_scheme: 'x_interop', ppt_serializer: this.options.serializer });
    }

    async ppt_wamp() {
        const options = { ppt_scheme: 'wamp', ppt_serializer: 'cbor', ppt_keyid: 'some key' };
        await this.passedByCall(options);
        await this.passedByEvent(options);
    }

    async passedByCall(options) {
        const uri = this.uri(`ppt.${options.ppt_scheme}`);
        let seen;
        await this.a.register(uri, (args, kwargs, details) => {
            seen = passthru(details);
            return { args, kwargs, options };
        });
        const reply = await this.b.call(uri, [1, 'two'], { three: [3] }, options);
        expect(reply, { args: [1, 'two'], kwargs: { three: [3] } });
        expect(seen, passthru(options));
    }

    async passedByEvent(options) {
        const topic = this.uri(`ppt.${options.ppt_scheme}.topic`);
        const events = await subscribed(this.b, topic);
        await this.a.publish(topic, [1, 'two'], { three: [3] }, options);
        const [{ args, kwargs, details }] = await events.holding(1);
        expect([args, kwargs, passthru(details)], [[1, 'two'], { three: [3] }, passthru(options)]);
    }

    async advanced_goodbye() {
        for (const session of [this.a, this.b, this.c]) {
            const reason = await session.close();
            expect(reason.startsWith('wamp.close.'), true);
        }
    }
}

function one(result) {
    return { args: [result], kwargs: {} };
}

async function value(session, procedure, args = []) {
    return (await session.call(procedure, args, {})).args[0] ?? null;
}

function ident(session) {
    return session.welcome.session;
}

function passthru({ ppt_scheme, ppt_serializer, ppt_keyid }) {
    return { ppt_scheme, ppt_serializer, ppt_keyid };
}

/** Comes back once `session` has handled everything that was sent to it before. */
function settled(session) {
    return refused(session.call('interop.nobody', [], {}), 'wamp.error.no_such_procedure');
}

/** Comes back when the session has ended, for the right reason if the client tells one. */
async function killed(victim) {
    expect(await victim.gone ?? 'interop.killed', 'interop.killed');
}

/** One inbox for several meta events. */
async function watching(session, prefix, names) {
    const inbox = new Inbox(session);
    for (const name of names) {
        const topic = `${prefix}.${name}`;
        await session.subscribe(topic, (args, kwargs) => inbox.add({ args, kwargs, topic }));
    }
    await settled(session);
    inbox.events.length = 0;
    return inbox;
}
