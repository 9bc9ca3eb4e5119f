#!/bin/sh
# The main job from nothing: a sample office in ./.demo, a first morning of Tom Brown, sales exec.
set -eu
followup=$(realpath "${1:-followup}" 2>/dev/null || command -v followup)
export FOLLOWUP_NOW=2026-05-04T09:00 FOLLOWUP_USER=tom
say() { printf '\n$ followup %s\n' "$*"; "$followup" "$@"; }

rm -rf .demo
say init .demo
cd .demo
say validate
say test
say due
first=$("$followup" due --format jsonl --type call | head -n 1 | sed 's/^{"id": \([0-9]*\).*/\1/')
say complete "$first" --outcome reached --cycle not-interested
say contacts add --name 'Jane Doe' --id jane-doe --cycle web-registration --source website
say assign jane-doe follow-up-2
say due --by type --upcoming 7d
say explain "$first"
say agenda
say undo
say doctor --user sue
printf '\nThe sample office is in .demo: cd .demo, and try: %s due --now 2026-05-04\n' "$followup"
