#!/bin/sh
# A client of Kabar for a shell with nc: shows what is said, also while it was away, and sends lines like "lineker halo".
set -u
host=$1 port=$2 username=$3 password=$4
kept=${5:-$username.at} # remembers the last entry that was shown
cr=$(printf '\r')

{
  printf 'auth %s %s\nlisten %s\n' "$username" "$password" "$(cat "$kept" 2>/dev/null || echo 0)"
  while IFS= read -r typed; do printf 'send %s\n' "$typed"; done
  echo quit
} | nc "$host" "$port" | while IFS= read -r line; do
  line=${line%"$cr"}
  case $line in
    '{"event":'*'"at":"'*)
      printf '%s\n' "$line"
      at=${line#*'"at":"'}
      echo "${at%%\"*}" >"$kept.new" && mv "$kept.new" "$kept"
      ;;
    *'"status":"ERROR"'*) printf '%s\n' "$line" ;;
  esac
done
