#!/usr/bin/env bash
# Builds Kabar, publishes the executable, and runs everything that judges it. The last line says how it went.
#
#   ./test.sh [--long] [--filter WORD]
#
#   --long         many rounds where a scenario takes its rounds from chance (KABAR_LONG=1; KABAR_SEED repeats one)
#   --filter WORD  only tests whose full name holds WORD
#
# With CI=true a component that is missing fails the tests that need it; otherwise they are skipped with the reason.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

passed=0
failed=0
filter=()
word=

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

fail() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

while [ $# -gt 0 ]; do
  case $1 in
    --long) export KABAR_LONG=1 ;;
    --filter)
      [ $# -gt 1 ] || { echo "--filter needs a word" >&2; exit 2; }
      filter=(-method "*$2*")
      word=$2
      shift
      ;;
    *) echo "usage: ./test.sh [--long] [--filter WORD]" >&2; exit 2 ;;
  esac
  shift
done

# 1. What the scenarios need of the system. Without root or apt they are skipped, each with its reason.
missing=()
command -v strace >/dev/null || missing+=(strace)
command -v tmux >/dev/null || missing+=(tmux)
command -v nc >/dev/null || missing+=(netcat-openbsd)
command -v python3 >/dev/null || missing+=(python3)
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
compgen -G '/usr/lib/*/libsodium.so.23*' >/dev/null || missing+=(libsodium23)
compgen -G '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' >/dev/null || missing+=(fonts-dejavu-core)
compgen -G '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf' >/dev/null || missing+=(fonts-noto-color-emoji)
if [ ${#missing[@]} -gt 0 ]; then
  echo "== missing: ${missing[*]}"
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 \
      || echo "could not be installed; what needs them is skipped"
  fi
fi

# 2. Build, publish, format. No build server stays behind to hold this script's output open.
dotnet=$(command -v dotnet) || { fail "no dotnet on the path"; finish; }
export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$dotnet")")}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
echo "== build"
dotnet build Kabar.slnx -c Release -v quiet || { fail "the build"; finish; }
echo "== publish"
rm -rf artifacts/kabar artifacts/tests
mkdir -p artifacts/tests
dotnet publish src/Kabar.Cli -c Release -o artifacts/kabar -v quiet || { fail "publishing"; finish; }
export KABAR_EXE=$PWD/artifacts/kabar/kabar
[ -x "$KABAR_EXE" ] || { fail "there is no $KABAR_EXE"; finish; }
echo "== format"
dotnet format Kabar.slnx --verify-no-changes --no-restore || fail "dotnet format"

# 3. The page: its types, and what of it runs without a browser. The browser's part is among the scenarios.
lacks() { # what is not there is an error in CI only
  if [ "${CI:-}" = true ]; then fail "$1"; else echo "skipped: $1"; fi
}

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  lacks "node and npm, for the types and the tests of the page"
elif ! (cd web && npm ci --no-audit --no-fund --loglevel=error) </dev/null >artifacts/tests/npm.log 2>&1; then
  tail -n 20 artifacts/tests/npm.log
  lacks "the packages of the page (npm ci)"
else
  echo "== types of the page"
  (cd web && npx --loglevel=error --no-install tsc -p . && npx --loglevel=error --no-install tsc -p tests) </dev/null || fail "the types of the page"
  echo "== tests of the page"
  log=artifacts/tests/web.log
  node --test --test-reporter=tap ${word:+"--test-name-pattern=$word"} web/tests/*.test.js </dev/null >"$log" 2>&1
  outcome=$?
  [ "$outcome" -eq 0 ] || grep -A 30 '^ *not ok' "$log"
  counted() {
    local number
    number=$(grep -E "^# $1 [0-9]+\$" "$log" | tail -n 1 | tr -dc 0-9)
    echo "${number:-0}"
  }
  grep -E '^# (tests|pass|fail|skipped) [0-9]+$' "$log"
  passed=$((passed + $(counted pass)))
  failed=$((failed + $(counted fail)))
  [ "$outcome" -eq 0 ] || [ "$(counted fail)" -gt 0 ] || fail "the tests of the page ended with $outcome"
fi

# 4. Both test programs. Their numbers come from their reports, not from what they print.
attribute() { # of the one <assembly> element of a report
  grep -o '<assembly [^>]*>' "$1" | grep -o " $2=\"[0-9]*\"" | head -n 1 | tr -dc 0-9
}

for name in Kabar.Tests Kabar.Scenarios; do
  echo "== $name"
  report=artifacts/tests/$name.xml
  dotnet "tests/$name/bin/Release/net10.0/$name.dll" -nologo -nocolor -xml "$report" "${filter[@]}" </dev/null 2>&1 | tee "artifacts/tests/$name.log"
  outcome=${PIPESTATUS[0]}
  if [ ! -s "$report" ] || [ -z "$(attribute "$report" total)" ]; then
    fail "$name ended with $outcome and no report"
    continue
  fi

  broken=$(($(attribute "$report" failed) + $(attribute "$report" errors)))
  passed=$((passed + $(attribute "$report" passed)))
  failed=$((failed + broken))
  [ "$outcome" -eq 0 ] || [ "$broken" -gt 0 ] || fail "$name ended with $outcome"
done

if grep -qs '\[SKIP\]' artifacts/tests/*.log; then
  echo "== skipped"
  grep -h -A1 '\[SKIP\]' artifacts/tests/*.log | grep -v '^--$'
fi

[ $((passed + failed)) -gt 0 ] || fail "no test ran"
finish
