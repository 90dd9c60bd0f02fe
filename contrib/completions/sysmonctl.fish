# Completion of sysmonctl in fish. Which words there are is told by sysmonctl
# complete; fish quotes them.

function __sysmonctl_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    # A quote that is not closed yet is nothing that fish can take away.
    set -l typed (string unescape -- "$raw"; or string replace -r '^["\']' '' -- "$raw")
    set -l lines (command sysmonctl complete -- $words[2..] "$typed" 2>/dev/null)

    if test "$lines[1]" = files
        set -l before (string match -r '^--[^=]*=' -- "$typed")
        for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$typed"))
            printf '%s%s\n' "$before" $path
        end
    else
        printf '%s\n' $lines[2..]
    end
end

complete -c sysmonctl -f -k -a '(__sysmonctl_complete)'
