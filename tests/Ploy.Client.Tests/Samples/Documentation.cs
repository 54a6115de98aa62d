using System.Reflection;
using System.Text.RegularExpressions;
using Ploy.Client.Tests.Generator;
using Ploy.Testing;

namespace Ploy.Client.Tests.Samples;

/// <summary>The C# of a page: its blocks in order, numbered from 1, compiled with the client of the schema that they speak of.</summary>
/// <param name="blocks">The blocks.</param>
internal sealed partial class Documentation(IReadOnlyList<string> blocks)
{
    private const string Usings =
        """
        #pragma warning disable CS1591
        using System;
        using System.Linq;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.AspNetCore.Http;
        using Microsoft.AspNetCore.Mvc.Testing;
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Metadata.Builders;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Ploy.EntityFrameworkCore;
        using Ploy.EntityFrameworkCore.Tenancy;
        using Ploy.Hosting;

        """;

    /// <summary>The page's blocks.</summary>
    public IReadOnlyList<string> Blocks { get; } = blocks;

    /// <summary>The C# of one page of the repository.</summary>
    public static Documentation Of(params ReadOnlySpan<string> path) => new([.. CSharp().Matches(File.ReadAllText(Repository.PathOf(path))).Select(m => m.Groups[1].Value)]);

    /// <summary>
    /// A program with a method <c>Example1</c>, <c>Example2</c>... for each block; a block with a namespace is a file of its own, and has no method.
    /// </summary>
    /// <param name="space">The client's namespace.</param>
    /// <param name="others">Types that the blocks speak of, and that no client has.</param>
    public string[] Program(string space, string others = "")
    {
        var methods = Blocks.Select((code, i) => IsFile(code) ? "" :
            $$"""

            public static {{(code.Contains("await ", StringComparison.Ordinal) && !code.Contains("async (", StringComparison.Ordinal) ? "async Task" : "void")}} Example{{i + 1}}(
                {{space}}.AppDbContext db, WebApplicationBuilder builder, WebApplication app, IServiceCollection services, string connection)
            {
            {{code}}
            }
            """);
        return
        [
            $"{Usings}using {space};\n\n{others}\npublic static class Examples\n{{{string.Concat(methods)}\n}}\n",
            .. Blocks.Where(IsFile).Select(b => Usings + b),
        ];
    }

    /// <summary>Calls a block's method; what it does not speak of is null.</summary>
    public static async Task RunAsync(CompiledClient client, int example, params object[] with)
    {
        var method = client.Assembly.GetType("Examples", throwOnError: true)!.GetMethod($"Example{example}")!;
        object?[] arguments = [.. method.GetParameters().Select(p => with.FirstOrDefault(p.ParameterType.IsInstanceOfType))];
        if (method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) is Task task) await task;
    }

    private static bool IsFile(string code) => code.StartsWith("namespace ", StringComparison.Ordinal);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
