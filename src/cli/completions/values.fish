# The values that only the router, the contexts or the disk can tell.
function __fish_wamp_values
    set -l at (commandline -ct)
    command wamp complete fish -- (commandline -opc) "$at" 2>/dev/null
end
