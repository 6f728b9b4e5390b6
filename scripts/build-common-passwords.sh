#!/usr/bin/env bash
# Builds the list of common passwords that the API embeds. Run it again only to renew the list.
#
#   scripts/build-common-passwords.sh 10-million-password-list-top-1000000.txt
#
# Source: SecLists, Passwords/Common-Credentials/10-million-password-list-top-1000000.txt (https://github.com/danielmiessler/SecLists,
# MIT License, Copyright (c) Daniel Miessler), one password per line, the most frequent first. The first 150,000 are taken, in lower
# case and without the shorter ones, which refuse too much as the core of a longer password. common-passwords-extra.txt adds others.
set -euo pipefail
source=${1:?"name the downloaded list"}
folder=$(dirname "$0")/../MovieLms.ApiService/Identity/Passwords
export LC_ALL=C
{ head -n 150000 "$source"; grep -v '^#' "$folder/common-passwords-extra.txt"; } \
  | tr -d '\r' | tr '[:upper:]' '[:lower:]' | grep -E '^[[:print:]]{4,}$' | sort -u | gzip -9n > "$folder/common-passwords.txt.gz"
echo "$(gzip -dc "$folder/common-passwords.txt.gz" | wc -l) passwords, $(stat -c %s "$folder/common-passwords.txt.gz") bytes"
