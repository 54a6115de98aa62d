using System.Text;
using System.Text.Json;

namespace Ploy.Cli.Rendering;

/// <summary>Where a run reads and writes, and what it may show there. Results go to <see cref="Out"/>, progress and errors to <see cref="Error"/>.</summary>
internal sealed class Terminal
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] CiVariables =
    [
        "CI", "CONTINUOUS_INTEGRATION", "BUILD_NUMBER", "RUN_ID", "AGOLA_GIT_REF", "AC_APPCIRCLE", "APPVEYOR", "CODEBUILD", "CODEBUILD_BUILD_ID",
        "TF_BUILD", "bamboo_planKey", "BITBUCKET_COMMIT", "BITRISE_IO", "BUDDY_WORKSPACE_ID", "BUILDKITE", "CIRCLECI", "CIRRUS_CI", "CF_BUILD_ID",
        "CM_BUILD_ID", "CI_NAME", "DRONE", "DSARI", "EARTHLY_CI", "EAS_BUILD", "GERRIT_PROJECT", "GITEA_ACTIONS", "GITHUB_ACTIONS", "GITLAB_CI",
        "GOCD", "BUILDER_OUTPUT", "HARNESS_BUILD_ID", "JENKINS_URL", "BUILD_ID", "LAYERCI", "MAGNUM", "NETLIFY", "NEVERCODE", "PROW_JOB_ID",
        "RELEASE_BUILD_ID", "RENDER", "SAILCI", "HUDSON", "SCREWDRIVER", "SEMAPHORE", "SOURCEHUT", "STRIDER", "TASK_ID", "TEAMCITY_VERSION", "TRAVIS",
        "VELA", "NOW_BUILDER", "APPCENTER_BUILD_ID", "CI_XCODE_PROJECT", "XCS",
    ];

    private bool _isLive;
    private Action<Utf8JsonWriter>? _result;

    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The folder that relative paths begin at.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Whether standard input is a terminal.</summary>
    public required bool IsInputInteractive { get; init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public required bool IsErrorInteractive { get; init; }

    /// <summary>Columns of standard output; null where it is no terminal.</summary>
    public Func<int?> Width { get; init; } = static () => null;

    /// <summary>Columns of standard error; null where it is no terminal.</summary>
    public Func<int?> ErrorWidth { get; init; } = static () => null;

    /// <summary>Whether everything is written as JSON, one object a line.</summary>
    public bool IsJson { get; set; }

    /// <summary>Whether problems are written as MSBuild reads them, a line each, and nothing else is said on standard error.</summary>
    public bool IsBuildStep { get; set; }

    /// <summary>Whether colour is off by option.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether errors are coloured.</summary>
    public bool UsesColor => IsErrorInteractive && !IsPlain && !IsJson && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb";

    /// <summary>Whether somebody is there to answer questions.</summary>
    public bool CanPrompt => IsInputInteractive && IsErrorInteractive && !IsJson && Environment("TERM") != "dumb" && !Array.Exists(CiVariables, v => !string.IsNullOrEmpty(Environment(v)));

    /// <summary>A line of a result; silent in JSON, where objects say it.</summary>
    public void Say(string line = "")
    {
        EndLive();
        if (!IsJson) Out.WriteLine(line);
    }

    /// <summary>The line cut to what the terminal shows in one; whole where output is no terminal.</summary>
    public string Fit(string line) => Width() is { } width && width > 1 && line.Length > width ? string.Concat(line.AsSpan(0, width - 1), "…") : line;

    /// <summary>A line of progress; silent in JSON.</summary>
    public void Note(string line = "")
    {
        EndLive();
        if (!IsJson && !IsBuildStep) Error.WriteLine(line);
    }

    /// <summary>A line of progress that the next line takes the place of; only where standard error is a terminal that can.</summary>
    public void Live(string line)
    {
        if (IsJson || !IsErrorInteractive || Environment("TERM") == "dumb") return;
        Error.Write($"\r{(ErrorWidth() is { } width && width > 1 && line.Length >= width ? string.Concat(line.AsSpan(0, width - 2), "…") : line)}\u001b[K");
        Error.Flush();
        _isLive = true;
    }

    /// <summary>Takes the line of <see cref="Live"/> away.</summary>
    public void EndLive()
    {
        if (!_isLive) return;
        Error.Write("\r\u001b[K");
        _isLive = false;
    }

    /// <summary>One object on a line of standard output; silent without <c>--json</c>.</summary>
    public void Json(Action<Utf8JsonWriter> write)
    {
        if (!IsJson) return;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>What the command came to, as the last object of standard output; the fields behind its type. Silent without <c>--json</c>.</summary>
    public void Result(Action<Utf8JsonWriter> write) => _result = write;

    /// <summary>Writes what <see cref="Result"/> was given.</summary>
    /// <param name="isDone">Whether the command came to its end, so that one without anything to tell has a result too.</param>
    public void EndResult(bool isDone)
    {
        if (_result is null && !isDone) return;
        var write = _result ?? (_ => { });
        _result = null;
        Json(json =>
        {
            json.WriteString("type", "result");
            write(json);
        });
    }

    /// <summary>A warning: a line of progress, or an object.</summary>
    /// <param name="message">One sentence or more.</param>
    /// <param name="code">The code that <c>explain</c> knows; null where there is none.</param>
    public void Warn(string message, string? code = null)
    {
        Note($"{Paint(code is null ? "warning" : $"warning[{code}]", 33)}: {message}");
        Json(json =>
        {
            json.WriteString("type", "warning");
            if (code is not null) json.WriteString("code", code);
            json.WriteString("message", message);
        });
    }

    /// <summary>The text in a colour of the terminal (SGR code), where errors are coloured.</summary>
    public string Paint(string text, int code) =>
        UsesColor ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\u001b[{code}m{text}\u001b[0m") : text;
}
