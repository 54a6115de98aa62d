using System.CommandLine;
using Ploy.Core.Diagnostics;

namespace Ploy.Cli.Commands;

/// <summary>Writes a shell's completion script, which asks <c>ploy</c> itself by the parser's <c>[suggest]</c> directive.</summary>
internal sealed class CompletionVerb : Verb
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] =
            """
            _ploy() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(ploy "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _ploy ploy
            """,
        ["zsh"] =
            """
            #compdef ploy
            _ploy() {
              local -a found
              found=(${(f)"$(ploy "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
              if (( ${#found} )); then compadd -- $found; else _files; fi
            }
            compdef _ploy ploy
            """,
        ["fish"] =
            """
            function __ploy_complete
              set -l found (ploy "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)
              if test (count $found) -gt 0
                printf '%s\n' $found
              else
                __fish_complete_path (commandline -ct)
              end
            end
            complete -c ploy -f -a '(__ploy_complete)'
            """,
        ["powershell"] =
            """
            Register-ArgumentCompleter -Native -CommandName ploy -ScriptBlock {
                param($word, $ast, $position)
                ploy "[suggest:$position]" "$ast" 2>$null | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or powershell." };

    public CompletionVerb()
        : base("completion", "Write a shell's completion script.", "ploy completion bash > /etc/bash_completion.d/ploy")
    {
        _shell.CompletionSources.Add([.. Scripts.Keys]);
        Add(_shell);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var shell = context.Options.GetRequiredValue(_shell);
        // PowerShell's program is called pwsh.
        if (!Scripts.TryGetValue(shell == "pwsh" ? "powershell" : shell, out var script))
            throw new PloyException("PLOY2000", $"There is no completion for `{shell}`.", $"Give one of {string.Join(", ", Scripts.Keys.Select(k => $"`{k}`"))}.");
        context.Terminal.Result(json =>
        {
            json.WriteString("shell", shell);
            json.WriteString("script", script);
        });
        context.Terminal.Say(script);
        return Task.FromResult(0);
    }
}
