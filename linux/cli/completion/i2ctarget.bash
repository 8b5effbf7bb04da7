# SPDX-License-Identifier: MIT
# Completion of `i2ctarget` for bash.  It asks the program itself: commands and options are those of its --help.

# The commands in the text of `i2ctarget --help`.
_i2ctarget_commands() {
    sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'
}

# The options in the text of `i2ctarget COMMAND --help`, one a line, each with the word for its argument behind it if it has one.
_i2ctarget_options() {
    sed -nE 's/^  (--[a-z-]+)(\[=[A-Z]+\])?( ([A-Z][A-Z-]*))?( .*)?$/\1 \4/p'
}

# _i2ctarget_inner OPTIONS: where the program is that run or exec starts, counted in COMP_WORDS; nothing if the line has not got there.
_i2ctarget_inner() {
    local i
    for ((i = 2; i <= COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --)
            echo $((i + 1))
            return
            ;;
        -*) ! grep -q "^${COMP_WORDS[i]} [A-Z]" <<<"$1" || ((i++)) ;;
        *)
            echo "$i"
            return
            ;;
        esac
    done
}

_i2ctarget_files() {
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Installed maps, besides files.
_i2ctarget_maps() {
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$("$1" regmap --list 2>/dev/null | cut -d ' ' -f 1)" -- "$2")
}

_i2ctarget() {
    local program=$1 word=$2 previous=$3 command=${COMP_WORDS[1]} help options argument inner offered
    local -a asked=("$program")
    ((COMP_CWORD < 2)) || asked+=("$command")
    [[ $command != device ]] || ((COMP_CWORD < 3)) || asked+=("${COMP_WORDS[2]}")
    COMPREPLY=()
    help=$("${asked[@]}" --help 2>/dev/null)
    options=$(_i2ctarget_options <<<"$help")

    if ((COMP_CWORD > 1)) && [[ $command == run || $command == exec ]]; then
        inner=$(_i2ctarget_inner "$options")
        if [[ -n $inner ]] && ((inner < COMP_CWORD)); then
            declare -F _command_offset >/dev/null && _command_offset "$inner"
            return
        elif [[ -n $inner ]]; then
            [[ $word == -* ]] || mapfile -t COMPREPLY < <(compgen -c -- "$word")
            [[ -n ${COMPREPLY[*]} || $word == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
            [[ $word == -* ]] || return
        fi
    fi
    argument=$(sed -n "s/^${previous//[!a-z-]/} \([A-Z]\)/\1/p" <<<"$options")
    if [[ $previous == --* && -n $argument ]]; then
        [[ $argument != FILE && $argument != PATH ]] || _i2ctarget_files "$word"
        [[ $previous != --map ]] || _i2ctarget_maps "$program" "$word"
        return
    fi
    if ((COMP_CWORD > 1)) && [[ $word != -* && ${help%%$'\n'*} == usage:*" FILE" ]]; then
        _i2ctarget_files "$word"
        return
    fi
    offered=$(cut -d ' ' -f 1 <<<"$options")
    if ((COMP_CWORD == 1)); then
        offered="$("$program" --help 2>/dev/null | _i2ctarget_commands) --help --version"
    elif [[ $command == device ]] && ((COMP_CWORD == 2)); then
        offered="$("$program" device --list 2>/dev/null | cut -d ' ' -f 1) --list --help"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
}
complete -F _i2ctarget i2ctarget
