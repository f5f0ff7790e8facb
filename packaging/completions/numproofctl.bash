# SPDX-License-Identifier: Apache-2.0
# Made by `ninja docs` from the table that numproofctl reads its command line by.
_numproofctl() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} at= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        "--against" | "--file" | "--key-file" | "--limit" | "--lines" | "--number" | "--offset" | "--partition" | "--reason" | "--session" | "--socket" | "--source" | "--topic" | "--turns" | "--type") ((i++)); continue ;;
        esac
        case "$at ${COMP_WORDS[i]}" in
        " audit" | " audit tail" | " audit verify" | " client" | " client list" | " client secret" | " config" | " config show" | " demo" | " dlq" | " dlq list" | " dlq replay" | " drain" | " feed" | " feed status" | " hash" | " key" | " key list" | " key new" | " key rotate" | " reload" | " session" | " session lookup" | " status") at="$at ${COMP_WORDS[i]}" ;;
        esac
    done
    case "$at $before" in
    " --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " status --turns")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " status --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " reload --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " drain --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " demo --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " config --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " config show --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " client --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " client list --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " client secret --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " feed --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " feed status --turns")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " feed status --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " session --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " session lookup --session")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " session lookup --source")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " session lookup --number")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " session lookup --reason")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " session lookup --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " hash --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key list --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key new --file")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key new --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key rotate --file")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " key rotate --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " audit --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " audit verify --key-file")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " audit verify --against")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " audit verify --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " audit tail --lines")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " audit tail --type")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " audit tail --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " dlq --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " dlq list --topic")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq list --reason")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq list --partition")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq list --offset")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq list --limit")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq list --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    " dlq replay --topic")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq replay --reason")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq replay --partition")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq replay --offset")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq replay --limit")
        COMPREPLY=($(compgen -W "" -- "$current"))
        return
        ;;
    " dlq replay --socket")
        COMPREPLY=($(compgen -W "" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
        ;;
    esac
    case $at in
    "")
        COMPREPLY=($(compgen -W "status reload drain demo config client feed session hash key audit dlq --help --version --json --socket" -- "$current"))
        ;;
    " status")
        COMPREPLY=($(compgen -W "--help --watch --turns --json --socket" -- "$current"))
        ;;
    " reload")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " drain")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " demo")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " config")
        COMPREPLY=($(compgen -W "show --help --json --socket" -- "$current"))
        ;;
    " config show")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " client")
        COMPREPLY=($(compgen -W "list secret --help --json --socket" -- "$current"))
        ;;
    " client list")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " client secret")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " feed")
        COMPREPLY=($(compgen -W "status --help --json --socket" -- "$current"))
        ;;
    " feed status")
        COMPREPLY=($(compgen -W "--help --watch --turns --json --socket" -- "$current"))
        ;;
    " session")
        COMPREPLY=($(compgen -W "lookup --help --json --socket" -- "$current"))
        ;;
    " session lookup")
        COMPREPLY=($(compgen -W "--help --session --source --number --reason --json --socket" -- "$current"))
        ;;
    " hash")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " key")
        COMPREPLY=($(compgen -W "list new rotate --help --json --socket" -- "$current"))
        ;;
    " key list")
        COMPREPLY=($(compgen -W "--help --json --socket" -- "$current"))
        ;;
    " key new")
        COMPREPLY=($(compgen -W "--help signing directory audit --file --json --socket" -- "$current"))
        ;;
    " key rotate")
        COMPREPLY=($(compgen -W "--help add promote retire --file --json --socket" -- "$current"))
        ;;
    " audit")
        COMPREPLY=($(compgen -W "verify tail --help --json --socket" -- "$current"))
        ;;
    " audit verify")
        COMPREPLY=($(compgen -W "--help --key-file --against --from-middle --any-order --json --socket" -- "$current"))
        COMPREPLY+=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        ;;
    " audit tail")
        COMPREPLY=($(compgen -W "--help --lines --type --once --json --socket" -- "$current"))
        ;;
    " dlq")
        COMPREPLY=($(compgen -W "list replay --help --json --socket" -- "$current"))
        ;;
    " dlq list")
        COMPREPLY=($(compgen -W "--help --topic --reason --partition --offset --limit --json --socket" -- "$current"))
        ;;
    " dlq replay")
        COMPREPLY=($(compgen -W "--help --topic --reason --partition --offset --limit --dry-run --again --all --json --socket" -- "$current"))
        ;;
    esac
}
complete -F _numproofctl numproofctl
