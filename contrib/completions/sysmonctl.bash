# shellcheck shell=bash
# Completion of sysmonctl in bash. Owns how bash cuts and quotes words; which
# words there are is told by sysmonctl complete.

# The word without its quotes in REPLY, and in `open` the quote that is not
# closed. Nothing in it is expanded.
_sysmonctl_unquote() {
	local raw=$1 char i
	REPLY='' open=''
	for ((i = 0; i < ${#raw}; i++)); do
		char=${raw:i:1}
		if [[ $open == "'" ]]; then
			if [[ $char == "'" ]]; then open=''; else REPLY+=$char; fi
		elif [[ $char == \\ ]]; then
			i=$((i + 1))
			REPLY+=${raw:i:1}
		elif [[ $char == '"' ]]; then
			if [[ $open ]]; then open=''; else open=$char; fi
		elif [[ $char == "'" && ! $open ]]; then
			open=$char
		else
			REPLY+=$char
		fi
	done
}

# The word in REPLY, as it must stand in the line; fails where it can't.
_sysmonctl_quote() {
	REPLY=$1
	case $open in
	"'") REPLY=${REPLY//\'/\'\\\'\'} ;;
	'"')
		# Behind a double quote nothing keeps history from being expanded.
		[[ $REPLY != *'!'* ]] || return
		REPLY=${REPLY//\\/\\\\}
		REPLY=${REPLY//\"/\\\"}
		REPLY=${REPLY//\$/\\\$}
		REPLY=${REPLY//\`/\\\`}
		;;
	*) [[ $REPLY != *[!A-Za-z0-9_./:=@%+,-]* ]] || printf -v REPLY %q "$REPLY" ;;
	esac
	# readline takes a quote at the end for the closing one, which it omits.
	[[ ! $open || $REPLY != *"$open" ]] || REPLY+=$open
}

_sysmonctl() {
	local REPLY open rest=${COMP_LINE:0:COMP_POINT} words=() piece before='' kind word i

	# bash cuts words at = and :, which are one word here.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		if [[ ! $rest || $rest == [[:space:]]* || $i == 0 ]]; then
			rest=${rest#"${rest%%[![:space:]]*}"}
			words+=('')
			before=''
		else
			before=${words[-1]}
		fi
		((i < COMP_CWORD)) || piece=$rest
		words[-1]+=$piece
		rest=${rest#"$piece"}
	done
	# It replaces what is behind them.
	[[ $piece != [=:]* ]] || before+=${piece%%[!=:]*}
	for i in "${!words[@]}"; do
		_sysmonctl_unquote "${words[i]}"
		words[i]=$REPLY
	done

	COMPREPLY=()
	{
		read -r kind
		case $kind in
		open) compopt -o nospace ;;
		files) compopt -o default ;;
		esac
		while IFS=$'\t' read -r word _; do
			if _sysmonctl_quote "${word#"$before"}"; then COMPREPLY+=("$REPLY"); fi
		done
	} < <(command sysmonctl complete -- "${words[@]:1}" 2>/dev/null)
}

complete -o nosort -F _sysmonctl sysmonctl 2>/dev/null || complete -F _sysmonctl sysmonctl
