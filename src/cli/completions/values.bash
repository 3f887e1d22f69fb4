# The values that only the router, the contexts or the disk can tell. Fails if there are none.
_wamp_values() {
    local IFS=$'\n'
    [[ $1 == -* && $1 != *=* ]] && return 1
    COMPREPLY=($(command wamp complete bash -- "$1" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
    [[ ${#COMPREPLY[@]} -gt 0 ]] || return 1
    # More is to come behind these.
    [[ ${COMPREPLY[0]} == *[.:/=,@] ]] && compopt -o nospace 2>/dev/null
    return 0
}
