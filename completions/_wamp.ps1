
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'wamp' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'wamp'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'wamp' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call a procedure and print its result')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Publish an event, acknowledged by the router')
            [CompletionResult]::new('pub', 'pub', [CompletionResultType]::ParameterValue, 'Publish an event, acknowledged by the router')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Subscribe to topics and print their events')
            [CompletionResult]::new('sub', 'sub', [CompletionResultType]::ParameterValue, 'Subscribe to topics and print their events')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register procedures and answer their calls')
            [CompletionResult]::new('reg', 'reg', [CompletionResultType]::ParameterValue, 'Register procedures and answer their calls')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List procedures, topics or sessions of a router')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all about a procedure, topic or session')
            [CompletionResult]::new('kill', 'kill', [CompletionResultType]::ParameterValue, 'End a session')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Time the way to a router: connecting, joining, round trips')
            [CompletionResult]::new('context', 'context', [CompletionResultType]::ParameterValue, 'Keep connection options under a name')
            [CompletionResult]::new('ctx', 'ctx', [CompletionResultType]::ParameterValue, 'Keep connection options under a name')
            [CompletionResult]::new('authz', 'authz', [CompletionResultType]::ParameterValue, 'Say what roles may do, and why')
            [CompletionResult]::new('router', 'router', [CompletionResultType]::ParameterValue, 'Run a router')
            [CompletionResult]::new('keygen', 'keygen', [CompletionResultType]::ParameterValue, 'Make a key or secret, and its lines for the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;call' {
            [CompletionResult]::new('--args', '--args', [CompletionResultType]::ParameterName, 'All positional arguments, as a JSON list')
            [CompletionResult]::new('--kwargs', '--kwargs', [CompletionResultType]::ParameterName, 'All keyword arguments, as a JSON object')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'A whole envelope, as -o json prints it')
            [CompletionResult]::new('--cancel', '--cancel', [CompletionResultType]::ParameterName, 'On Ctrl-C or when -t is over: skip, kill, killnowait')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until there is such a procedure, or for this long')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of CALL: timeout=5000; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of CALL: timeout=5000; may be repeated')
            [CompletionResult]::new('--ppt-scheme', '--ppt-scheme', [CompletionResultType]::ParameterName, 'Wrap the arguments: wamp, mqtt, x_NAME')
            [CompletionResult]::new('--ppt-serializer', '--ppt-serializer', [CompletionResultType]::ParameterName, 'In this: json, msgpack, cbor, native [cbor for wamp, else native]')
            [CompletionResult]::new('--ppt-cipher', '--ppt-cipher', [CompletionResultType]::ParameterName, 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm')
            [CompletionResult]::new('--ppt-keyid', '--ppt-keyid', [CompletionResultType]::ParameterName, 'With this key, one of --ppt-key')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Print progressive results too, as they come')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Print progressive results too, as they come')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Send lines of stdin as further arguments')
            [CompletionResult]::new('--disclose-me', '--disclose-me', [CompletionResultType]::ParameterName, 'Tell the callee who calls')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;publish' {
            [CompletionResult]::new('--args', '--args', [CompletionResultType]::ParameterName, 'All positional arguments, as a JSON list')
            [CompletionResult]::new('--kwargs', '--kwargs', [CompletionResultType]::ParameterName, 'All keyword arguments, as a JSON object')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'A whole envelope, as -o json prints it')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of PUBLISH: rkey=7; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of PUBLISH: rkey=7; may be repeated')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Not these sessions: 4711,4712; also -authid, -authrole')
            [CompletionResult]::new('--exclude-authid', '--exclude-authid', [CompletionResultType]::ParameterName, 'Not who has one of these authids')
            [CompletionResult]::new('--exclude-authrole', '--exclude-authrole', [CompletionResultType]::ParameterName, 'Not who has one of these authroles')
            [CompletionResult]::new('--eligible', '--eligible', [CompletionResultType]::ParameterName, 'Only these sessions: 4711,4712; also -authid, -authrole')
            [CompletionResult]::new('--eligible-authid', '--eligible-authid', [CompletionResultType]::ParameterName, 'Only who has one of these authids')
            [CompletionResult]::new('--eligible-authrole', '--eligible-authrole', [CompletionResultType]::ParameterName, 'Only who has one of these authroles')
            [CompletionResult]::new('--ppt-scheme', '--ppt-scheme', [CompletionResultType]::ParameterName, 'Wrap the arguments: wamp, mqtt, x_NAME')
            [CompletionResult]::new('--ppt-serializer', '--ppt-serializer', [CompletionResultType]::ParameterName, 'In this: json, msgpack, cbor, native [cbor for wamp, else native]')
            [CompletionResult]::new('--ppt-cipher', '--ppt-cipher', [CompletionResultType]::ParameterName, 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm')
            [CompletionResult]::new('--ppt-keyid', '--ppt-keyid', [CompletionResultType]::ParameterName, 'With this key, one of --ppt-key')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-ack', '--no-ack', [CompletionResultType]::ParameterName, 'Do not ask for an acknowledgement')
            [CompletionResult]::new('--retain', '--retain', [CompletionResultType]::ParameterName, 'Have the router keep the event for those who come later')
            [CompletionResult]::new('--disclose-me', '--disclose-me', [CompletionResultType]::ParameterName, 'Tell the subscribers who publishes')
            [CompletionResult]::new('--include-me', '--include-me', [CompletionResultType]::ParameterName, 'Get the event too, if subscribed')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;pub' {
            [CompletionResult]::new('--args', '--args', [CompletionResultType]::ParameterName, 'All positional arguments, as a JSON list')
            [CompletionResult]::new('--kwargs', '--kwargs', [CompletionResultType]::ParameterName, 'All keyword arguments, as a JSON object')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'A whole envelope, as -o json prints it')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of PUBLISH: rkey=7; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of PUBLISH: rkey=7; may be repeated')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Not these sessions: 4711,4712; also -authid, -authrole')
            [CompletionResult]::new('--exclude-authid', '--exclude-authid', [CompletionResultType]::ParameterName, 'Not who has one of these authids')
            [CompletionResult]::new('--exclude-authrole', '--exclude-authrole', [CompletionResultType]::ParameterName, 'Not who has one of these authroles')
            [CompletionResult]::new('--eligible', '--eligible', [CompletionResultType]::ParameterName, 'Only these sessions: 4711,4712; also -authid, -authrole')
            [CompletionResult]::new('--eligible-authid', '--eligible-authid', [CompletionResultType]::ParameterName, 'Only who has one of these authids')
            [CompletionResult]::new('--eligible-authrole', '--eligible-authrole', [CompletionResultType]::ParameterName, 'Only who has one of these authroles')
            [CompletionResult]::new('--ppt-scheme', '--ppt-scheme', [CompletionResultType]::ParameterName, 'Wrap the arguments: wamp, mqtt, x_NAME')
            [CompletionResult]::new('--ppt-serializer', '--ppt-serializer', [CompletionResultType]::ParameterName, 'In this: json, msgpack, cbor, native [cbor for wamp, else native]')
            [CompletionResult]::new('--ppt-cipher', '--ppt-cipher', [CompletionResultType]::ParameterName, 'Encrypt them from end to end: xsalsa20poly1305, aes256gcm')
            [CompletionResult]::new('--ppt-keyid', '--ppt-keyid', [CompletionResultType]::ParameterName, 'With this key, one of --ppt-key')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-ack', '--no-ack', [CompletionResultType]::ParameterName, 'Do not ask for an acknowledgement')
            [CompletionResult]::new('--retain', '--retain', [CompletionResultType]::ParameterName, 'Have the router keep the event for those who come later')
            [CompletionResult]::new('--disclose-me', '--disclose-me', [CompletionResultType]::ParameterName, 'Tell the subscribers who publishes')
            [CompletionResult]::new('--include-me', '--include-me', [CompletionResultType]::ParameterName, 'Get the event too, if subscribed')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;subscribe' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Begin with the last N events of each topic, if they are kept')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave after N events')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Leave after N events')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Leave after this time; with -n, 124 if the events were fewer')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Leave after this time without an event; likewise')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Written once all is subscribed, removed at the start')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of SUBSCRIBE; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of SUBSCRIBE; may be repeated')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Get the event too that the router keeps, if there is one')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;sub' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Begin with the last N events of each topic, if they are kept')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave after N events')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Leave after N events')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Leave after this time; with -n, 124 if the events were fewer')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Leave after this time without an event; likewise')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Written once all is subscribed, removed at the start')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of SUBSCRIBE; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of SUBSCRIBE; may be repeated')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Get the event too that the router keeps, if there is one')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print WAMP details too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;register' {
            [CompletionResult]::new('--return', '--return', [CompletionResultType]::ParameterName, 'Answer with this ARG of `call`; may be repeated')
            [CompletionResult]::new('--error', '--error', [CompletionResultType]::ParameterName, 'Answer with this error')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--invoke', '--invoke', [CompletionResultType]::ParameterName, 'Share it: first, last, random, roundrobin; or single')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'The most calls that the router may send at once')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave after N calls')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Leave after N calls')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'The most CMDs to run at once [16]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'The most CMDs to run at once [16]')
            [CompletionResult]::new('--delay', '--delay', [CompletionResultType]::ParameterName, 'Wait before each answer')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Written once all is registered, removed at the start')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of REGISTER: disclose_caller=true; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of REGISTER: disclose_caller=true; may be repeated')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Answer with the arguments of the call')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take it from whoever has it')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Each line of CMD is a progressive result')
            [CompletionResult]::new('--coprocess', '--coprocess', [CompletionResultType]::ParameterName, 'Keep CMD running for all calls, one line of JSON each')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;reg' {
            [CompletionResult]::new('--return', '--return', [CompletionResultType]::ParameterName, 'Answer with this ARG of `call`; may be repeated')
            [CompletionResult]::new('--error', '--error', [CompletionResultType]::ParameterName, 'Answer with this error')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'exact, prefix, wildcard')
            [CompletionResult]::new('--invoke', '--invoke', [CompletionResultType]::ParameterName, 'Share it: first, last, random, roundrobin; or single')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'The most calls that the router may send at once')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave after N calls')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Leave after N calls')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'The most CMDs to run at once [16]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'The most CMDs to run at once [16]')
            [CompletionResult]::new('--delay', '--delay', [CompletionResultType]::ParameterName, 'Wait before each answer')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Written once all is registered, removed at the start')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Option of REGISTER: disclose_caller=true; may be repeated')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Option of REGISTER: disclose_caller=true; may be repeated')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Answer with the arguments of the call')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take it from whoever has it')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Each line of CMD is a progressive result')
            [CompletionResult]::new('--coprocess', '--coprocess', [CompletionResultType]::ParameterName, 'Keep CMD running for all calls, one line of JSON each')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;ls' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;kill' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why, for programs [wamp.close.killed]')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'Why, for people')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent, as JSON; do not connect')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;ping' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many round trips; 0 is until Ctrl-C')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'How many round trips; 0 is until Ctrl-C')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Time from one to the next, at the least')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Time from one to the next, at the least')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;context' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep the options of this command line as a context')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the contexts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a context says, or where each option comes from')
            [CompletionResult]::new('select', 'select', [CompletionResultType]::ParameterValue, 'Use a context wherever none is named')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a context in an editor, $VISUAL or $EDITOR')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove contexts')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Connect with a context, and say what that finds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;ctx' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep the options of this command line as a context')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the contexts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a context says, or where each option comes from')
            [CompletionResult]::new('select', 'select', [CompletionResultType]::ParameterValue, 'Use a context wherever none is named')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a context in an editor, $VISUAL or $EDITOR')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove contexts')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Connect with a context, and say what that finds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;context;add' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the context if there is one')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Select it too')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;ctx;add' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the context if there is one')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Select it too')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;context;ls' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;ctx;ls' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;context;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--resolved', '--resolved', [CompletionResultType]::ParameterName, 'All that a command would use, and where it comes from')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;ctx;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer: 500ms, 5s, 1m, or seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--resolved', '--resolved', [CompletionResultType]::ParameterName, 'All that a command would use, and where it comes from')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;context;select' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--none', '--none', [CompletionResultType]::ParameterName, 'Select none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;ctx;select' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--none', '--none', [CompletionResultType]::ParameterName, 'Select none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;context;edit' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;ctx;edit' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;context;rm' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;ctx;rm' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;context;check' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;ctx;check' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Options kept by `wamp context` [$WAMP_CONTEXT]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm [$WAMP_REALM, else realm1]')
            [CompletionResult]::new('--serializer', '--serializer', [CompletionResultType]::ParameterName, 'Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]')
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Who to be [$WAMP_AUTHID]')
            [CompletionResult]::new('--authrole', '--authrole', [CompletionResultType]::ParameterName, 'The role to ask for [$WAMP_AUTHROLE]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Ticket or password [$WAMP_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key for cryptosign [$WAMP_PRIVATE_KEY]')
            [CompletionResult]::new('--authmethod', '--authmethod', [CompletionResultType]::ParameterName, 'anonymous, ticket, wampcra, scram, cryptosign, tls')
            [CompletionResult]::new('--authextra', '--authextra', [CompletionResultType]::ParameterName, 'Tell the router more, as a JSON object or @FILE')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'HTTP header of the handshake; may be repeated')
            [CompletionResult]::new('--ppt-key', '--ppt-key', [CompletionResultType]::ParameterName, 'Key for payloads encrypted from end to end; may be repeated')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust these certificates (PEM) rather than the system''s authorities')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Its private key (PEM), if it is in a file of its own')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Time for connecting and joining, more than 0 [5s]')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'How often to try again to connect [0; streams: without end]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'The largest pause between two attempts to connect [20s]')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'How often to ask a silent router whether it is still there [20s]')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Print every WAMP message to standard error, or into FILE')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Use no context, whichever is selected')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the router''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;context;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep the options of this command line as a context')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the contexts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a context says, or where each option comes from')
            [CompletionResult]::new('select', 'select', [CompletionResultType]::ParameterValue, 'Use a context wherever none is named')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a context in an editor, $VISUAL or $EDITOR')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove contexts')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Connect with a context, and say what that finds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;context;help;add' {
            break
        }
        'wamp;context;help;ls' {
            break
        }
        'wamp;context;help;show' {
            break
        }
        'wamp;context;help;select' {
            break
        }
        'wamp;context;help;edit' {
            break
        }
        'wamp;context;help;rm' {
            break
        }
        'wamp;context;help;check' {
            break
        }
        'wamp;context;help;help' {
            break
        }
        'wamp;ctx;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep the options of this command line as a context')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the contexts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a context says, or where each option comes from')
            [CompletionResult]::new('select', 'select', [CompletionResultType]::ParameterValue, 'Use a context wherever none is named')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a context in an editor, $VISUAL or $EDITOR')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove contexts')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Connect with a context, and say what that finds')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;ctx;help;add' {
            break
        }
        'wamp;ctx;help;ls' {
            break
        }
        'wamp;ctx;help;show' {
            break
        }
        'wamp;ctx;help;select' {
            break
        }
        'wamp;ctx;help;edit' {
            break
        }
        'wamp;ctx;help;rm' {
            break
        }
        'wamp;ctx;help;check' {
            break
        }
        'wamp;ctx;help;help' {
            break
        }
        'wamp;authz' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule of a router''s configuration decides, and why')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;authz;explain' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The configuration file of the router')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration file of the router')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The role that asks')
            [CompletionResult]::new('--action', '--action', [CompletionResultType]::ParameterName, 'What it asks for: call, register, subscribe, publish')
            [CompletionResult]::new('--uri', '--uri', [CompletionResultType]::ParameterName, 'The procedure or topic, or a pattern of them')
            [CompletionResult]::new('--match', '--match', [CompletionResultType]::ParameterName, 'How the URI is registered or subscribed to: exact, prefix, wildcard [exact]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'The realm; needed where the file has several')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'auto, or json: one object on one line [$WAMP_OUTPUT]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'auto, or json: one object on one line [$WAMP_OUTPUT]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;authz;help' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule of a router''s configuration decides, and why')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;authz;help;explain' {
            break
        }
        'wamp;authz;help;help' {
            break
        }
        'wamp;router' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen; may be repeated [ws://127.0.0.1:8080/ws]')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'A realm to serve; may be repeated [realm1]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on 127.0.0.1 in place of 8080')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'A user: ID:METHOD:SRC[:ROLE]; may be repeated')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Web pages of this origin may connect, * for all; may be repeated')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate for wss:// and rss://, with its chain, as PEM')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'Private key of the certificate, as PEM')
            [CompletionResult]::new('--tls-self-signed', '--tls-self-signed', [CompletionResultType]::ParameterName, 'Make a certificate for wss:// and rss://, and print its fingerprint')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read listeners, realms, users and permissions from a file (TOML, JSON)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read listeners, realms, users and permissions from a file (TOML, JSON)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--any-realm', '--any-realm', [CompletionResultType]::ParameterName, 'Open any realm that a client asks for')
            [CompletionResult]::new('--test-services', '--test-services', [CompletionResultType]::ParameterName, 'Have something to try: test.echo, test.add, test.sleep, ...')
            [CompletionResult]::new('--allow-anonymous', '--allow-anonymous', [CompletionResultType]::ParameterName, 'Let clients in that do not say who they are')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Say what is wrong with the file, or what the router would do, and exit')
            [CompletionResult]::new('--print-config', '--print-config', [CompletionResultType]::ParameterName, 'Print the file with all defaults filled in and secrets left out, and exit')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;keygen' {
            [CompletionResult]::new('--authid', '--authid', [CompletionResultType]::ParameterName, 'Whose it is [client]')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The role of that user [user]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where to write the private part [ID.key, ID.ticket, ID.password]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The password of wampcra and scram: prompt, env:, file:, fd:, cmd:')
            [CompletionResult]::new('--kdf', '--kdf', [CompletionResultType]::ParameterName, 'The key derivation of scram: argon2id13, pbkdf2 [argon2id13]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'Its cost: passes over the memory, or rounds of PBKDF2')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'The memory that argon2id13 takes, in KiB [19456]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the file if there is one')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'wamp;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'auto, always, never (NO_COLOR, CLICOLOR_FORCE)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Errors only: no notes, no hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log to standard error; twice for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'wamp;help' {
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call a procedure and print its result')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Publish an event, acknowledged by the router')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Subscribe to topics and print their events')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register procedures and answer their calls')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List procedures, topics or sessions of a router')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all about a procedure, topic or session')
            [CompletionResult]::new('kill', 'kill', [CompletionResultType]::ParameterValue, 'End a session')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Time the way to a router: connecting, joining, round trips')
            [CompletionResult]::new('context', 'context', [CompletionResultType]::ParameterValue, 'Keep connection options under a name')
            [CompletionResult]::new('authz', 'authz', [CompletionResultType]::ParameterValue, 'Say what roles may do, and why')
            [CompletionResult]::new('router', 'router', [CompletionResultType]::ParameterValue, 'Run a router')
            [CompletionResult]::new('keygen', 'keygen', [CompletionResultType]::ParameterValue, 'Make a key or secret, and its lines for the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'wamp;help;call' {
            break
        }
        'wamp;help;publish' {
            break
        }
        'wamp;help;subscribe' {
            break
        }
        'wamp;help;register' {
            break
        }
        'wamp;help;ls' {
            break
        }
        'wamp;help;show' {
            break
        }
        'wamp;help;kill' {
            break
        }
        'wamp;help;ping' {
            break
        }
        'wamp;help;context' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Keep the options of this command line as a context')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List the contexts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a context says, or where each option comes from')
            [CompletionResult]::new('select', 'select', [CompletionResultType]::ParameterValue, 'Use a context wherever none is named')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a context in an editor, $VISUAL or $EDITOR')
            [CompletionResult]::new('rm', 'rm', [CompletionResultType]::ParameterValue, 'Remove contexts')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Connect with a context, and say what that finds')
            break
        }
        'wamp;help;context;add' {
            break
        }
        'wamp;help;context;ls' {
            break
        }
        'wamp;help;context;show' {
            break
        }
        'wamp;help;context;select' {
            break
        }
        'wamp;help;context;edit' {
            break
        }
        'wamp;help;context;rm' {
            break
        }
        'wamp;help;context;check' {
            break
        }
        'wamp;help;authz' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule of a router''s configuration decides, and why')
            break
        }
        'wamp;help;authz;explain' {
            break
        }
        'wamp;help;router' {
            break
        }
        'wamp;help;keygen' {
            break
        }
        'wamp;help;completions' {
            break
        }
        'wamp;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
