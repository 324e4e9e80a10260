#!/usr/bin/env bash
# Fills fuzz/corpus with what the repository holds: fixtures, examples, shipped rules, documents, and fuzz/seeds.
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=fuzz/corpus
for target in parse print format page configuration baseline check mend rules evaluate; do
  mkdir -p "$corpus/$target"
  if [ -d "fuzz/seeds/$target" ]; then cp fuzz/seeds/"$target"/* "$corpus/$target/"; fi
done

# A file of the repository under a name that says where it stands.
seed() { cp "$2" "$corpus/$1/$(printf '%s' "$2" | tr '/' '-')"; }

while IFS= read -r file; do
  seed parse "$file"
  seed print "$file"
  seed format "$file"
done < <(find fixtures examples rules tests -name '*.isms' -size -64k | sort)

while IFS= read -r file; do
  seed page "$file"
  seed format "$file"
done < <(git ls-files "*.md" | sort)
while IFS= read -r file; do seed configuration "$file"; done < <(find fixtures examples tests -name '*.toml' -size -64k | sort)
while IFS= read -r file; do seed baseline "$file"; done < <(find fixtures examples tests -name '*.jsonl' -size -64k | sort)
while IFS= read -r file; do
  seed rules "$file"
  seed evaluate "$file"
done < <(find rules/checks fixtures/rules -name '*.isms' -size -16k | sort)
while IFS= read -r file; do
  seed check "$file"
  seed mend "$file"
done < <(find fixtures/rules fixtures/minimal -name '*.isms' -size -16k | sort)

# A project is its files, one below the other, each under a line with its path.
for project in fixtures/*/ examples/*/; do
  (cd "$project" && find . \( -name '*.isms' -o -name '*.md' \) -size -16k | sort | while IFS= read -r file; do
    printf '===== %s\n' "${file#./}"
    cat "$file"
  done) > "$corpus/check/$(basename "$project")"
  cp "$corpus/check/$(basename "$project")" "$corpus/mend/"
done
