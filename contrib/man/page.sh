#!/bin/sh
# Makes one manual page: page.sh VERSION FILE.scd writes roff to stdout. Owns
# what the pages share (parts/) and what scdoc leaves to be done, so that
# mandoc -Tlint has nothing to say; knows no page.
#
# In a page, a line "@include NAME@" stands for parts/NAME.scd, and @VERSION@
# for the version. The date is the source's, or $SOURCE_DATE_EPOCH.
set -eu
version=$1 page=$2
parts=$(dirname "$0")/parts

command -v scdoc >/dev/null || {
	echo "page.sh: scdoc is missing: run contrib/deps.sh build" >&2
	exit 1
}

include() {
	awk -v parts="$parts" '
		/^@include [a-z]+@$/ {
			file = parts "/" substr($2, 1, length($2) - 1) ".scd"
			lines = 0
			while ((got = (getline line < file)) > 0) {
				print line
				lines++
			}
			if (got < 0 || !lines) {
				print "page.sh: cannot read " file > "/dev/stderr"
				exit 1
			}
			close(file)
			next
		}
		{ print }' "$page"
}

# scdoc leaves empty paragraphs, lines of any length, and hyphens that cannot
# be pasted back into a shell.
tidy() {
	awk '
		function flush() {
			if (paragraph)
				print ".P"
			paragraph = 0
		}
		# Hyphens of what is literal: in bold, and in examples.
		function minus(text, out, at, end) {
			out = ""
			while ((at = index(text, "\\fB"))) {
				end = index(substr(text, at), "\\fR")
				end = end ? at + end - 1 : length(text) + 1
				out = out substr(text, 1, at + 2)
				word = substr(text, at + 3, end - at - 3)
				gsub(/-/, "\\-", word)
				out = out word
				text = substr(text, end)
			}
			return out text
		}
		# Lines of at most 78 bytes, none of which begins like a request.
		function fold(text, at) {
			while (length(text) > 78) {
				for (at = 78; at > 0 && substr(text, at, 1) != " "; at--)
					;
				if (!at)
					break
				print substr(text, 1, at - 1)
				text = substr(text, at + 1)
				if (text ~ /^[.\047]/)
					text = "\\&" text
			}
			print text
		}
		/^\.TH / { sub($2, toupper($2)) }
		/^\.P$/ { paragraph = !bare; next }
		/^\.RE$/ { print; bare = 0; next } # the paragraph begins behind it
		/^\.(SH|SS|RS)/ { paragraph = 0 }
		{ flush() }
		/^\.nf$/ { literal = 1 }
		/^\.fi$/ { literal = 0 }
		literal && !/^\./ { gsub(/-/, "\\-"); print; next }
		/^[.\047]/ { print; bare = /^\.(TH|SH|SS|RS)/; next }
		{ fold(minus($0)); bare = 0 }'
}

text=$(include)
: "${SOURCE_DATE_EPOCH:=$(stat -c %Y "$page")}"
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
roff=$(printf '%s\n' "$text" | sed "s/@VERSION@/$version/" | scdoc)
printf '%s\n' "$roff" | tidy
