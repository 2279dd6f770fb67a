/** What shells read to complete `tandem`. They only ask; the program knows its commands, see candidates.ts. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The command that scripts ask with: `tandem __complete -- WORDS`, the last of which is to be completed. */
export const COMPLETE_COMMAND = '__complete';
/** The answer where the shell itself knows best: names of files. */
export const FILES = ':files';

/** Nothing that is answered is evaluated: an answer is only ever one word. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of tandem for bash. To use it: source <(tandem completion bash)
_tandem() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${FILES} ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(command tandem ${COMPLETE_COMMAND} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tandem tandem`,

  zsh: `#compdef tandem
# Completion of tandem for zsh. To use it: source <(tandem completion zsh)
_tandem() {
  local line
  local -a described
  for line in "\${(@f)$(command tandem ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ${FILES} ]]; then
      _files
      return
    fi
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#described )) && _describe tandem described
}
if [[ $funcstack[1] == _tandem ]]; then _tandem "$@"; else compdef _tandem tandem; fi`,

  fish: `# Completion of tandem for fish. To use it: tandem completion fish | source
function __tandem_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command tandem ${COMPLETE_COMMAND} -- $words[2..-1] 2>/dev/null)
        if test "$line" = ${FILES}
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c tandem -f -a '(__tandem_complete)'`,
};
