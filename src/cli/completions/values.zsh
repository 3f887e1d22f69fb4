# The values that only the router, the contexts or the disk can tell.
_wamp_values() {
    local line value
    local -a whole begun
    for line in "${(@f)$(command wamp complete zsh -- "${(@Q)wamp_words}" 2>/dev/null)}"; do
        value=${line%%$'\t'*}
        line=${value//:/\\:}${${line#$value}/$'\t'/:}
        case $value in
            '') ;;
            # More is to come behind these.
            *[.:/=,@]) begun+=("$line") ;;
            *) whole+=("$line") ;;
        esac
    done
    local ret=1
    (( $#begun )) && _describe -V 'value' begun -S '' && ret=0
    (( $#whole )) && _describe -V 'value' whole && ret=0
    return ret
}
