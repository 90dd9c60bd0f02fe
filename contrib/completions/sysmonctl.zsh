#compdef sysmonctl
# Completion of sysmonctl in zsh; installed as _sysmonctl. Which words there are
# is told by sysmonctl complete; zsh quotes them.

_sysmonctl() {
	local kind line
	local -a lines values shown space

	lines=("${(@f)$(command sysmonctl complete -- \
		"${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
	kind=$lines[1]
	if [[ $kind == files ]]; then
		compset -P '--*='
		_files
		return
	fi
	[[ $kind != open ]] || space=(-S '')
	for line in "${(@)lines[2,-1]}"; do
		values+=("${line%%$'\t'*}")
		shown+=("${line/$'\t'/  -- }")
	done
	(( $#values )) && compadd -l -V sysmonctl -d shown "${(@)space}" -a values
}

if [[ $funcstack[1] == _sysmonctl ]]; then
	_sysmonctl "$@"
else
	compdef _sysmonctl sysmonctl
fi
