# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wamp_global_optspecs
    string join \n c/context= no-context u/url= r/realm= serializer= authid= authrole= secret= key= authmethod= authextra= H/header= ppt-key= ca= cert= tls-key= insecure connect-timeout= retry= retry-max= heartbeat= trace= o/output= d/details t/timeout= q/quiet v/verbose log= log-format= color= h/help V/version
end

function __fish_wamp_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_wamp_global_optspecs) -- $cmd 2>/dev/null
    or return 0
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_wamp_using_subcommand
    set -l cmd (__fish_wamp_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c wamp -n "__fish_wamp_needs_command" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_needs_command" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_needs_command" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_needs_command" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_needs_command" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_needs_command" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_needs_command" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_needs_command" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_needs_command" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_needs_command" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_needs_command" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_needs_command" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_needs_command" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_needs_command" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_needs_command" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_needs_command" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_needs_command" -s V -l version -d 'Print version'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "call" -d 'Call a procedure and print its result'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "publish" -d 'Publish an event, acknowledged by the router'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "pub" -d 'Publish an event, acknowledged by the router'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "subscribe" -d 'Subscribe to topics and print their events'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "sub" -d 'Subscribe to topics and print their events'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "register" -d 'Register procedures and answer their calls'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "reg" -d 'Register procedures and answer their calls'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "repl" -d 'Explore a realm line by line, or test it'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "record" -d 'Record events, and calls, to replay them later'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "replay" -d 'Publish and call again what was recorded, at its own pace'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "ls" -d 'List procedures, topics or sessions of a router'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "show" -d 'Show all about a procedure, topic or session'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "kill" -d 'End a session'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "ping" -d 'Time the way to a router: connecting, joining, round trips'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "top" -d 'Watch a router of `wamp`: sessions, messages, bytes, queues'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "bench" -d 'Measure a router: calls, events, connections, idle sessions'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "doctor" -d 'Examine the way to a router, and what the router can do'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "context" -d 'Keep connection options under a name'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "ctx" -d 'Keep connection options under a name'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "authz" -d 'Say what roles may do, and why'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "router" -d 'Run a router'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "keygen" -d 'Make a key or secret, and its lines for the configuration'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c wamp -n "__fish_wamp_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l args -d 'All positional arguments, as a JSON list' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l kwargs -d 'All keyword arguments, as a JSON object' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l input -d 'A whole envelope, as -o json prints it' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -s n -l count -d 'Make the call N times; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -s i -l interval -d 'Time from one to the next, at the least' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -s P -l parallel -d 'How many at a time [1]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l cancel -d 'On Ctrl-C or when -t is over: skip, kill, killnowait' -r -f -a "skip\t''
kill\t''
killnowait\t''"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l wait -d 'Wait until there is such a procedure, or for this long' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -s O -l option -d 'Option of CALL: timeout=5000; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ppt-scheme -d 'Wrap the arguments: wamp, mqtt, x_NAME' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ppt-serializer -d 'In this: json, msgpack, cbor, native [cbor for wamp, else native]' -r -f -a "json\t''
msgpack\t''
cbor\t''
native\t''"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ppt-cipher -d 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm' -r -f -a "xsalsa20poly1305\t''
aes256gcm\t''"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ppt-keyid -d 'With this key, one of --ppt-key' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand call" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand call" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand call" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand call" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand call" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand call" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand call" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand call" -s p -l progress -d 'Print progressive results too, as they come'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l stream -d 'Send lines of stdin as further arguments'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l time -d 'Tell how long it took; with -n median, p99 and so on'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l keep-going -d 'Tell of a call that fails, and go on with the next'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l disclose-me -d 'Tell the callee who calls'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand call" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_using_subcommand call" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand call" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand call" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand call" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l args -d 'All positional arguments, as a JSON list' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l kwargs -d 'All keyword arguments, as a JSON object' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l input -d 'A whole envelope, as -o json prints it' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s n -l count -d 'How many events, with --lines at the most; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s i -l interval -d 'Time from one to the next, at the least; or --rate 100/s' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l rate -d 'How many in a second, or in a minute: 100, 100/s, 30/m' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s O -l option -d 'Option of PUBLISH: rkey=7; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l exclude -d 'Not these sessions: 4711,4712; also -authid, -authrole' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l exclude-authid -d 'Not who has one of these authids' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l exclude-authrole -d 'Not who has one of these authroles' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l eligible -d 'Only these sessions: 4711,4712; also -authid, -authrole' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l eligible-authid -d 'Only who has one of these authids' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l eligible-authrole -d 'Only who has one of these authroles' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ppt-scheme -d 'Wrap the arguments: wamp, mqtt, x_NAME' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ppt-serializer -d 'In this: json, msgpack, cbor, native [cbor for wamp, else native]' -r -f -a "json\t''
msgpack\t''
cbor\t''
native\t''"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ppt-cipher -d 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm' -r -f -a "xsalsa20poly1305\t''
aes256gcm\t''"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ppt-keyid -d 'With this key, one of --ppt-key' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l lines -d 'Make an event of each line of stdin, behind the ARGs'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l jsonl -d 'Make an event of each line, as -o json prints it'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s 0 -l null -d 'NUL bytes separate what is read, not newlines'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l template -d 'ARGs have placeholders: {{count}}, {{uuid}}, see --help'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l keep-going -d 'Tell of what fails, and go on with the next'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l no-ack -d 'Do not ask for an acknowledgement'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l retain -d 'Have the router keep the event for those who come later'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l disclose-me -d 'Tell the subscribers who publishes'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l include-me -d 'Get the event too, if subscribed'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand publish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l args -d 'All positional arguments, as a JSON list' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l kwargs -d 'All keyword arguments, as a JSON object' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l input -d 'A whole envelope, as -o json prints it' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s n -l count -d 'How many events, with --lines at the most; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s i -l interval -d 'Time from one to the next, at the least; or --rate 100/s' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l rate -d 'How many in a second, or in a minute: 100, 100/s, 30/m' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s O -l option -d 'Option of PUBLISH: rkey=7; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l exclude -d 'Not these sessions: 4711,4712; also -authid, -authrole' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l exclude-authid -d 'Not who has one of these authids' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l exclude-authrole -d 'Not who has one of these authroles' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l eligible -d 'Only these sessions: 4711,4712; also -authid, -authrole' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l eligible-authid -d 'Only who has one of these authids' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l eligible-authrole -d 'Only who has one of these authroles' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ppt-scheme -d 'Wrap the arguments: wamp, mqtt, x_NAME' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ppt-serializer -d 'In this: json, msgpack, cbor, native [cbor for wamp, else native]' -r -f -a "json\t''
msgpack\t''
cbor\t''
native\t''"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ppt-cipher -d 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm' -r -f -a "xsalsa20poly1305\t''
aes256gcm\t''"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ppt-keyid -d 'With this key, one of --ppt-key' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l lines -d 'Make an event of each line of stdin, behind the ARGs'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l jsonl -d 'Make an event of each line, as -o json prints it'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s 0 -l null -d 'NUL bytes separate what is read, not newlines'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l template -d 'ARGs have placeholders: {{count}}, {{uuid}}, see --help'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l keep-going -d 'Tell of what fails, and go on with the next'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l no-ack -d 'Do not ask for an acknowledgement'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l retain -d 'Have the router keep the event for those who come later'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l disclose-me -d 'Tell the subscribers who publishes'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l include-me -d 'Get the event too, if subscribed'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand pub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s j -l jobs -d 'The most CMDs to run at once [1, which keeps the order]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s m -l match -d 'exact, prefix, wildcard' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l history -d 'Begin with the last N events of each topic' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s n -l count -d 'Leave after N events; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l for -d 'Leave after this time; with -n, 124 if the events were fewer' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l idle -d 'Leave after this time without an event; likewise' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l ready-file -d 'Written once all is subscribed, removed at the start' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s O -l option -d 'Option of SUBSCRIBE; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l timestamps -d 'Put the time of arrival in front of lines to read'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l delta -d 'Put the time since the event before in front of lines to read'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l stats -d 'Print no events, but in the end how many there were'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l retained -d 'Get the event too that the router keeps'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand subscribe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s j -l jobs -d 'The most CMDs to run at once [1, which keeps the order]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s m -l match -d 'exact, prefix, wildcard' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l history -d 'Begin with the last N events of each topic' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s n -l count -d 'Leave after N events; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l for -d 'Leave after this time; with -n, 124 if the events were fewer' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l idle -d 'Leave after this time without an event; likewise' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l ready-file -d 'Written once all is subscribed, removed at the start' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s O -l option -d 'Option of SUBSCRIBE; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l timestamps -d 'Put the time of arrival in front of lines to read'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l delta -d 'Put the time since the event before in front of lines to read'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l stats -d 'Print no events, but in the end how many there were'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l retained -d 'Get the event too that the router keeps'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s d -l details -d 'Print WAMP details too'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand sub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l return -d 'Answer with this ARG of `call`; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l error -d 'Answer with this error' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -s m -l match -d 'exact, prefix, wildcard' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l invoke -d 'Share it: first, last, random, roundrobin; or single' -r -f -a "single\t''
first\t''
last\t''
random\t''
roundrobin\t''"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l concurrency -d 'The most calls that the router may send at once' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -s n -l count -d 'Leave after N calls; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -s j -l jobs -d 'The most CMDs to run at once [16]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l delay -d 'Wait before each answer' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l ready-file -d 'Written once all is registered, removed at the start' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand register" -s O -l option -d 'Option of REGISTER: disclose_caller=true; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand register" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand register" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand register" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand register" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand register" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand register" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand register" -l echo -d 'Answer with the arguments of the call'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l force -d 'Take it from whoever has it'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l lines -d 'Each line of CMD is a progressive result'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l coprocess -d 'Keep CMD running for all calls, one line of JSON each'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand register" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand register" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand register" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l return -d 'Answer with this ARG of `call`; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l error -d 'Answer with this error' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s m -l match -d 'exact, prefix, wildcard' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l invoke -d 'Share it: first, last, random, roundrobin; or single' -r -f -a "single\t''
first\t''
last\t''
random\t''
roundrobin\t''"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l concurrency -d 'The most calls that the router may send at once' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s n -l count -d 'Leave after N calls; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s j -l jobs -d 'The most CMDs to run at once [16]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l delay -d 'Wait before each answer' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l ready-file -d 'Written once all is registered, removed at the start' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s O -l option -d 'Option of REGISTER: disclose_caller=true; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l echo -d 'Answer with the arguments of the call'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l force -d 'Take it from whoever has it'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l lines -d 'Each line of CMD is a progressive result'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l coprocess -d 'Keep CMD running for all calls, one line of JSON each'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand reg" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s c -l command -d 'Run these commands, separated by `;`, and leave' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s f -l file -d 'Run the commands of this file, and leave' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l keep-going -d 'Go on when a command of -c, -f or a pipe fails'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l embedded -d 'Start a router in this process, and say where it listens'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand repl" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l proc -d 'Record the calls of this procedure; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l return -d 'Answer them with this ARG of `call`; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l forward -d 'Pass them on to this procedure, and answer as it does' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -s w -l write -d 'Where to write; must be new or empty [stdout]' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -s m -l match -d 'exact, prefix, wildcard; of TOPIC and PROC' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand record" -s n -l count -d 'Leave after N events and calls; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l for -d 'Leave after this time; 124 if fewer than -n by then' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l idle -d 'Leave after this time without any; likewise' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l ready-file -d 'Written once all is subscribed, removed at the start' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand record" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand record" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand record" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand record" -l append -d 'Go on behind what the file has'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l force -d 'Replace what the file has'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l retained -d 'Get the event too that the router keeps'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand record" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand record" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand record" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l speed -d 'So many times as fast; max is as fast as it is answered' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l map -d 'Write NEW for OLD in URIs; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s n -l count -d 'Leave after N events and calls; 0 is no end' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l loop -d 'Play the file N times; 0 is until Ctrl-C' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l no-ack -d 'Do not ask for acknowledgements of events'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l keep-going -d 'Go on after failures, and tell of them at the end'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand show" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand show" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand show" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand show" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand show" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand show" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand show" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand show" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand show" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand show" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand show" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand show" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l reason -d 'Why, for programs [wamp.close.killed]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l message -d 'Why, for people' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand kill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s n -l count -d 'How many round trips; 0 is until Ctrl-C' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s i -l interval -d 'Time from one to the next, at the least' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand top" -s n -l count -d 'How many looks; 0 is until q or Ctrl-C' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -s i -l interval -d 'Time from one to the next' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand top" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand top" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand top" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand top" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand top" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand top" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand top" -l once -d 'Print one table, of two looks an interval apart, and exit'
complete -c wamp -n "__fish_wamp_using_subcommand top" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand top" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand top" -l dry-run -d 'Print what would be sent, as JSON; do not connect'
complete -c wamp -n "__fish_wamp_using_subcommand top" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand top" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand top" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "rpc" -d 'Measure calls: CALL, INVOCATION, YIELD and RESULT'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "pubsub" -d 'Measure events, from publisher to subscriber'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "connect" -d 'Measure cycles of connecting, joining, leaving'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "idle" -d 'Measure the memory of sessions that do nothing'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "compare" -d 'Measure several routers with the same work in turn'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and not __fish_seen_subcommand_from rpc pubsub connect idle compare help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l clients -d 'Callers' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l callees -d 'Sessions with a procedure each [as many as callers]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l in-flight -d 'Calls that each caller has open' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l rate -d 'Calls a second, of all callers together' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s n -l count -d 'How often, in place of --duration' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l duration -d 'How long is measured' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l warmup -d 'How long it goes on before that [1s; with -n: 0s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l hgrm -d 'Write the latencies for HdrHistogram\'s plotters' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l size -d 'Bytes of payload, 16 at the least' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l transport -d 'How that router is reached: ws, rs' -r -f -a "ws\t'WebSocket'
rs\t'RawSocket'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l threads -d 'Threads of that router [one for each core]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l pid -d 'Process of the router, if not the one that listens; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l fail-if -d 'Exit with 9 if so: \'p99>5ms\', \'loss>0\', \'cpu>5us\'; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l json -d 'Write the figures as JSON' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l csv -d 'Write the figures as CSV: their names, and a line of them' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l compare -d 'Print ratios to the figures of an earlier --json' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l self-host -d 'Start a router for it, as a process of its own'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from rpc" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l publishers -d 'Publishers' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l subscribers -d 'Subscribers' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l topics -d 'Topics, which publishers and subscribers take in turn' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l pairs -d 'So many publishers with a subscriber each' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l in-flight -d 'Publications that each publisher has open' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l pace -d 'When a publication is no longer open: ack, receipt' -r -f -a "ack\t'The router has acknowledged it'
receipt\t'All subscribers have it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l rate -d 'Publications a second, of all publishers together' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s n -l count -d 'How often, in place of --duration' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l duration -d 'How long is measured' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l warmup -d 'How long it goes on before that [1s; with -n: 0s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l hgrm -d 'Write the latencies for HdrHistogram\'s plotters' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l size -d 'Bytes of payload, 16 at the least' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l transport -d 'How that router is reached: ws, rs' -r -f -a "ws\t'WebSocket'
rs\t'RawSocket'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l threads -d 'Threads of that router [one for each core]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l pid -d 'Process of the router, if not the one that listens; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l fail-if -d 'Exit with 9 if so: \'p99>5ms\', \'loss>0\', \'cpu>5us\'; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l json -d 'Write the figures as JSON' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l csv -d 'Write the figures as CSV: their names, and a line of them' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l compare -d 'Print ratios to the figures of an earlier --json' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l self-host -d 'Start a router for it, as a process of its own'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from pubsub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l clients -d 'Clients at once' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l rate -d 'Cycles a second, of all clients together' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s n -l count -d 'How often, in place of --duration' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l duration -d 'How long is measured' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l warmup -d 'How long it goes on before that [1s; with -n: 0s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l hgrm -d 'Write the latencies for HdrHistogram\'s plotters' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l transport -d 'How that router is reached: ws, rs' -r -f -a "ws\t'WebSocket'
rs\t'RawSocket'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l threads -d 'Threads of that router [one for each core]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l pid -d 'Process of the router, if not the one that listens; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l fail-if -d 'Exit with 9 if so: \'p99>5ms\', \'loss>0\', \'cpu>5us\'; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l json -d 'Write the figures as JSON' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l csv -d 'Write the figures as CSV: their names, and a line of them' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l compare -d 'Print ratios to the figures of an earlier --json' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l self-host -d 'Start a router for it, as a process of its own'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l clients -d 'Sessions' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l cycles -d 'How often they come and go' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l transport -d 'How that router is reached: ws, rs' -r -f -a "ws\t'WebSocket'
rs\t'RawSocket'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l threads -d 'Threads of that router [one for each core]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l pid -d 'Process of the router, if not the one that listens; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l fail-if -d 'Exit with 9 if so: \'p99>5ms\', \'loss>0\', \'cpu>5us\'; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l json -d 'Write the figures as JSON' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l csv -d 'Write the figures as CSV: their names, and a line of them' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l compare -d 'Print ratios to the figures of an earlier --json' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l self-host -d 'Start a router for it, as a process of its own'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from idle" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l work -d 'Of rpc,sequential,pubsub,pairs,connect [all of them]' -r -f -a "rpc\t'Many calls at once'
sequential\t'One call after the other'
pubsub\t'One publisher, many subscribers'
pairs\t'Publishers with a subscriber each'
connect\t'Sessions that come and go'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l rounds -d 'How often each router has its turn' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l duration -d 'How long each turn is measured' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l warmup -d 'How long each turn goes on before that' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l size -d 'Bytes of payload, 16 at the least' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l transport -d 'How `self` is reached: ws, rs' -r -f -a "ws\t'WebSocket'
rs\t'RawSocket'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l threads -d 'Threads of `self` [one for each core]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l json -d 'Write the figures as JSON' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from compare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "rpc" -d 'Measure calls: CALL, INVOCATION, YIELD and RESULT'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "pubsub" -d 'Measure events, from publisher to subscriber'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "connect" -d 'Measure cycles of connecting, joining, leaving'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "idle" -d 'Measure the memory of sessions that do nothing'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "compare" -d 'Measure several routers with the same work in turn'
complete -c wamp -n "__fish_wamp_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "add" -d 'Keep the options of this command line as a context'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "ls" -d 'List the contexts'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "show" -d 'Show what a context says, or where each option comes from'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "select" -d 'Use a context wherever none is named'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "edit" -d 'Change a context in an editor, $VISUAL or $EDITOR'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "rm" -d 'Remove contexts'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "check" -d 'Connect with a context, and say what that finds'
complete -c wamp -n "__fish_wamp_using_subcommand context; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l force -d 'Replace the context if there is one'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l select -d 'Select it too'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -s o -l output -d 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l resolved -d 'All that a command would use, and where it comes from'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -l none -d 'Select none'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from select" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "add" -d 'Keep the options of this command line as a context'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "ls" -d 'List the contexts'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a context says, or where each option comes from'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "select" -d 'Use a context wherever none is named'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change a context in an editor, $VISUAL or $EDITOR'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove contexts'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "check" -d 'Connect with a context, and say what that finds'
complete -c wamp -n "__fish_wamp_using_subcommand context; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "add" -d 'Keep the options of this command line as a context'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "ls" -d 'List the contexts'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "show" -d 'Show what a context says, or where each option comes from'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "select" -d 'Use a context wherever none is named'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "edit" -d 'Change a context in an editor, $VISUAL or $EDITOR'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "rm" -d 'Remove contexts'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "check" -d 'Connect with a context, and say what that finds'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and not __fish_seen_subcommand_from add ls show select edit rm check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l force -d 'Replace the context if there is one'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l select -d 'Select it too'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -s o -l output -d 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s t -l timeout -d 'How long to wait for an answer: 500ms, 5s, 1m, or seconds' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l resolved -d 'All that a command would use, and where it comes from'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -l none -d 'Select none'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from select" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s c -l context -d 'Options kept by `wamp context` [$WAMP_CONTEXT]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s u -l url -d 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s r -l realm -d 'Realm [$WAMP_REALM, else realm1]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l serializer -d 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]' -r -f -a "json\t''
msgpack\t''
cbor\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l authid -d 'Who to be [$WAMP_AUTHID]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l authrole -d 'The role to ask for [$WAMP_AUTHROLE]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l secret -d 'Ticket or password [$WAMP_SECRET]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l key -d 'Private key for cryptosign [$WAMP_PRIVATE_KEY]' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l authmethod -d 'anonymous, ticket, wampcra, scram, cryptosign, tls' -r -f -a "anonymous\t''
ticket\t''
wampcra\t''
wamp-scram\t''
scram\t''
cryptosign\t''
tls\t''"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l authextra -d 'Tell the router more, as a JSON object or @FILE' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s H -l header -d 'HTTP header of the handshake; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l ppt-key -d 'Key for payloads encrypted from end to end; may be repeated' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l ca -d 'Trust these certificates (PEM) rather than the system\'s authorities' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l cert -d 'Show the router this certificate (PEM)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l tls-key -d 'Its private key (PEM), if it is in a file of its own' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l connect-timeout -d 'Time for connecting and joining, more than 0 [5s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l retry -d 'How often to try again to connect [0; streams: without end]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l retry-max -d 'The largest pause between two attempts to connect [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l heartbeat -d 'How often to ask a silent router whether it is still there [20s]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l trace -d 'Print every WAMP message to standard error, or into FILE' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s o -l output -d 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l no-context -d 'Use no context, whichever is selected'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -l insecure -d 'Do not check the router\'s certificate'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "add" -d 'Keep the options of this command line as a context'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "ls" -d 'List the contexts'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a context says, or where each option comes from'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "select" -d 'Use a context wherever none is named'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change a context in an editor, $VISUAL or $EDITOR'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Remove contexts'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "check" -d 'Connect with a context, and say what that finds'
complete -c wamp -n "__fish_wamp_using_subcommand ctx; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -f -a "explain" -d 'Say which rule of a router\'s configuration decides, and why'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and not __fish_seen_subcommand_from explain help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -s f -l config -d 'The configuration file of the router' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l role -d 'The role that asks' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l action -d 'What it asks for: call, register, subscribe, publish' -r -f -a "call\t''
register\t''
subscribe\t''
publish\t''"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l uri -d 'The procedure or topic, or a pattern of them' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l match -d 'How the URI is registered or subscribed to: exact, prefix, wildcard [exact]' -r -f -a "exact\t''
prefix\t''
wildcard\t''"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l realm -d 'The realm; needed where the file has several' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -s o -l output -d 'auto, or json: one object on one line [$WAMP_OUTPUT]' -r -f -a "auto\t'For people on a terminal, for programs in a pipe'
json\t'One line with the whole envelope'
pretty\t'Indented, also in a pipe'
raw\t'As in a pipe, text unescaped and binary as its bytes'
table\t'Dictionaries as tables, anything else as without it'"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Say which rule of a router\'s configuration decides, and why'
complete -c wamp -n "__fish_wamp_using_subcommand authz; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand router" -l listen -d 'Where to listen; may be repeated [ws://127.0.0.1:8080/ws]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l realm -d 'A realm to serve; may be repeated [realm1]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l port -d 'The port on 127.0.0.1 in place of 8080' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l metrics -d 'Tell Prometheus how the router does: http://ADDR/metrics' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l user -d 'A user: ID:METHOD:SRC[:ROLE]; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l allow-origin -d 'Web pages of this origin may connect, * for all; may be repeated' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l cert -d 'Certificate for wss:// and rss://, with its chain, as PEM' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand router" -l tls-key -d 'Private key of the certificate, as PEM' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand router" -l tls-self-signed -d 'Make a certificate for wss:// and rss://, and print its fingerprint' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand router" -l grace -d 'How long leaving may take: calls are answered, sessions told' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -s f -l config -d 'Read listeners, realms, users and permissions from a file (TOML, JSON)' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand router" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand router" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand router" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand router" -l any-realm -d 'Open any realm that a client asks for'
complete -c wamp -n "__fish_wamp_using_subcommand router" -l test-services -d 'Have something to try: test.echo, test.add, test.sleep, ...'
complete -c wamp -n "__fish_wamp_using_subcommand router" -l allow-anonymous -d 'Let clients in that do not say who they are'
complete -c wamp -n "__fish_wamp_using_subcommand router" -l check -d 'Say what is wrong with the file, or what the router would do, and exit'
complete -c wamp -n "__fish_wamp_using_subcommand router" -l print-config -d 'Print the file with all defaults filled in and secrets left out, and exit'
complete -c wamp -n "__fish_wamp_using_subcommand router" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand router" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand router" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l authid -d 'Whose it is [client]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l role -d 'The role of that user [user]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l out -d 'Where to write the private part [ID.key, ID.ticket, ID.password]' -r -F
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l secret -d 'The password of wampcra and scram: prompt, env:, file:, fd:, cmd:' -r -f -a "(__fish_wamp_values)"
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l kdf -d 'The key derivation of scram: argon2id13, pbkdf2 [argon2id13]' -r -f -a "argon2id13\t'Argon2id, version 1.3'
pbkdf2\t'PBKDF2 with HMAC-SHA-256'"
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l iterations -d 'Its cost: passes over the memory, or rounds of PBKDF2' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l memory -d 'The memory that argon2id13 takes, in KiB [19456]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -l force -d 'Replace the file if there is one'
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand completions" -l log -d 'What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]' -r -f
complete -c wamp -n "__fish_wamp_using_subcommand completions" -l log-format -d 'How log lines look: text, json' -r -f -a "text\t'For people'
json\t'An object'"
complete -c wamp -n "__fish_wamp_using_subcommand completions" -l color -d 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)' -r -f -a "auto\t'On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE)'
always\t'Always'
never\t'Never'"
complete -c wamp -n "__fish_wamp_using_subcommand completions" -s q -l quiet -d 'Errors only: no notes, no hints'
complete -c wamp -n "__fish_wamp_using_subcommand completions" -s v -l verbose -d 'Log to standard error; twice for more'
complete -c wamp -n "__fish_wamp_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "call" -d 'Call a procedure and print its result'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "publish" -d 'Publish an event, acknowledged by the router'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "subscribe" -d 'Subscribe to topics and print their events'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "register" -d 'Register procedures and answer their calls'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "repl" -d 'Explore a realm line by line, or test it'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "record" -d 'Record events, and calls, to replay them later'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "replay" -d 'Publish and call again what was recorded, at its own pace'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "ls" -d 'List procedures, topics or sessions of a router'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "show" -d 'Show all about a procedure, topic or session'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "kill" -d 'End a session'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "ping" -d 'Time the way to a router: connecting, joining, round trips'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "top" -d 'Watch a router of `wamp`: sessions, messages, bytes, queues'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "bench" -d 'Measure a router: calls, events, connections, idle sessions'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "doctor" -d 'Examine the way to a router, and what the router can do'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "context" -d 'Keep connection options under a name'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "authz" -d 'Say what roles may do, and why'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "router" -d 'Run a router'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "keygen" -d 'Make a key or secret, and its lines for the configuration'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c wamp -n "__fish_wamp_using_subcommand help; and not __fish_seen_subcommand_from call publish subscribe register repl record replay ls show kill ping top bench doctor context authz router keygen completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "rpc" -d 'Measure calls: CALL, INVOCATION, YIELD and RESULT'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "pubsub" -d 'Measure events, from publisher to subscriber'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "connect" -d 'Measure cycles of connecting, joining, leaving'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "idle" -d 'Measure the memory of sessions that do nothing'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "compare" -d 'Measure several routers with the same work in turn'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "add" -d 'Keep the options of this command line as a context'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "ls" -d 'List the contexts'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "show" -d 'Show what a context says, or where each option comes from'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "select" -d 'Use a context wherever none is named'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "edit" -d 'Change a context in an editor, $VISUAL or $EDITOR'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "rm" -d 'Remove contexts'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from context" -f -a "check" -d 'Connect with a context, and say what that finds'
complete -c wamp -n "__fish_wamp_using_subcommand help; and __fish_seen_subcommand_from authz" -f -a "explain" -d 'Say which rule of a router\'s configuration decides, and why'

# The values that only the router, the contexts or the disk can tell.
function __fish_wamp_values
    set -l at (commandline -ct)
    command wamp complete fish -- (commandline -opc) "$at" 2>/dev/null
end

complete -c wamp -n "__fish_wamp_using_subcommand call publish pub subscribe sub register reg record ls show kill context ctx; and not contains -- -- (commandline -opc)" -f -a "(__fish_wamp_values)"
