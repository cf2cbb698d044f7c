/**
 * What each shell runs when Tab is pressed. All of them ask `sparky __complete`, which never fails and never asks; its
 * first line may say that the shell itself knows better: `:files`, `:folders`.
 */

export const BASH = String.raw`# Completion of sparky for bash. To have it in every shell, add to ~/.bashrc:
#   eval "$(sparky completion bash)"
_sparky() {
  local line kind=""
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :folders) kind=$line ;;
      ?*) COMPREPLY+=("$line") ;;
    esac
  done < <(command sparky __complete bash "$COMP_TYPE" "$2" "${"$"}{COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
  if [[ -n $kind ]]; then
    local flag=-f
    [[ $kind == :files ]] || flag=-d
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$flag" -- "$2")
  else
    compopt -o nosort 2>/dev/null
  fi
}
complete -F _sparky sparky
`;

export const ZSH = String.raw`#compdef sparky
# Completion of sparky for zsh. To have it in every shell, add to ~/.zshrc, behind compinit:
#   eval "$(sparky completion zsh)"
_sparky() {
  local line tab=$'\t'
  local -a values shown
  for line in ${"$"}{(f)"$(command sparky __complete zsh "${"$"}{(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)"}; do
    case $line in
      :files) _files; return ;;
      :folders) _files -/; return ;;
    esac
    values+=("${"$"}{line%%$tab*}")
    shown+=("${"$"}{line/$tab/  -- }")
  done
  (( $#values )) && compadd -V sparky -l -d shown -a values
}
if [ "$funcstack[1]" = "_sparky" ]; then _sparky "$@"; else compdef _sparky sparky; fi
`;

export const FISH = String.raw`# Completion of sparky for fish. To have it in every shell:
#   sparky completion fish > ~/.config/fish/completions/sparky.fish
function __sparky_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command sparky __complete fish $words[2..-1] 2>/dev/null </dev/null)
    switch "$lines[1]"
        case ':files'
            __fish_complete_path (commandline -ct)
        case ':folders'
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\n' $lines
    end
end
complete -c sparky -f -k -a '(__sparky_complete)'
`;
