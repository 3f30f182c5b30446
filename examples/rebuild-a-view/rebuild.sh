#!/usr/bin/env bash
# Rebuilds a view after its code has changed, while the service answers.
#
#   rebuild.sh VIEW [--accept] [-- CHECK …]
#
# VIEW      registry or activities
# --accept  switches although the contents of a new version differ from those of the former one, as was meant
# CHECK     a command that must succeed after the switch, such as a request to the service; else the former view comes back, which
#           instances of the former version have kept where the version was raised: there is nothing to switch back then
#
# Exit code 0: the new view is live. 1: CHECK failed, or a server did, and the former view is live. 2 and 3: nothing was switched
# (docs/reference/command-line.md). 4: CHECK failed, and the new view is live all the same.
set -uo pipefail

view=${1:?which view? registry or activities}
shift
accept=()
if [[ ${1-} == --accept ]]; then accept=(--accept) && shift; fi
if [[ ${1-} == -- ]]; then shift; fi

echo "1. A dry run: builds beside, compares, and leaves the live view in its place."
npx tidemark replay --view "$view" --dry-run
code=$?
if ((code == 3 && ${#accept[@]} == 0)); then
  echo "The new view differs, as is said above. If that was meant and its version was raised: $0 $view --accept"
  exit 3
fi
((code == 0 || code == 3)) || exit "$code"

echo "2. The replay itself: builds, catches up, compares once more and switches. Reads never fail meanwhile."
npx tidemark replay --view "$view" "${accept[@]}" || exit

if (($# == 0)) || "$@"; then
  echo "3. The new view is live. The former one is kept until: npx tidemark replay --view $view --drop-old"
  exit 0
fi

echo "3. The check failed: the former view catches up with the log, is compared, and is back."
npx tidemark replay --view "$view" --rollback && exit 1
code=$?
if ((code == 2 && ${#accept[@]} > 0)); then
  echo "Where its version was raised, instances of the former version still have their view: start those, and stop those of the new one."
fi
echo "The new view is still live."
exit 4
