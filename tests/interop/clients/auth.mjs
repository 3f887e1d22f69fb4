// Logins of the JavaScript clients: each of a plan is tried, and its outcome is one line. ../auth.py writes the plans
// and says what stands in them; autobahn_python_auth.py is the same in Python.

import { readFileSync } from 'node:fs';
import { bounded, expect, outcome, Refusal } from './suite.mjs';

export async function login(client, { name }) {
    for (const entry of JSON.parse(readFileSync(name))) {
        await outcome(entry.check, async () => expect(await attempt(client, entry), entry.outcome));
    }
}

/** What a login comes to: whom WELCOME names, with what the acts gave, or why it was refused. */
async function attempt(client, entry) {
    let session;
    try {
        session = await bounded(client.open({ ...entry, login: entry }));
    } catch (error) {
        if (error instanceof Refusal) return { refused: error.uri };
        throw error;
    }
    const welcome = {};
    for (const key of Object.keys(entry.outcome.welcome ?? { authid: null })) welcome[key] = session.welcome[key];
    const gave = [];
    for (const step of entry.acts ?? []) gave.push(await bounded(act(session, ...step)));
    await session.close();
    return { welcome, ...(gave.length && { gave }) };
}

/** The result of a call, "done" for other acts, or the URI of the error. */
async function act(session, action, uri, ...args) {
    try {
        if (action === 'call') return (await session.call(uri, args, {})).args[0];
        if (action === 'register') await session.register(uri, () => undefined);
        if (action === 'subscribe') await session.subscribe(uri, () => undefined);
        if (action === 'publish') await session.publish(uri, args, {});
        return 'done';
    } catch (error) {
        if (error instanceof Refusal) return error.uri;
        throw error;
    }
}
