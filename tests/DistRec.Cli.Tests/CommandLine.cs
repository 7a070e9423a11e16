using System.Text;
using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary>Runs command lines in this process.</summary>
internal static class CommandLine
{
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(host => host, arguments);

    public static async Task<CommandResult> RunAsync(Func<CliHost, CliHost> adjust, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var host = new CliHost { Output = output, Error = TextWriter.Synchronized(error), Variable = _ => null };
        int exitCode = await CliApplication.RunAsync(arguments, adjust(host));
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that must succeed, and reads the one JSON object it prints.</summary>
    public static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync([.. arguments, "--json"]);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Json;
    }

    /// <summary>Trains a small model into a folder.</summary>
    public static Task<JsonElement> TrainSmallAsync(string outFolder, params string[] more) =>
        JsonAsync(["train", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "6", "--epochs", "4", "--quiet", "--out", outFolder, .. more]);
}

/// <summary>What a command line did.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The standard output as exactly one JSON object.</summary>
    public JsonElement Json
    {
        get
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Output.TrimEnd()));
            JsonElement element = JsonElement.ParseValue(ref reader);
            reader.BytesConsumed.ShouldBe(Encoding.UTF8.GetByteCount(Output.TrimEnd()), "something stands after the JSON object");
            element.ValueKind.ShouldBe(JsonValueKind.Object);
            return element;
        }
    }

    /// <summary>The one mistake of a command that was refused.</summary>
    public string Mistake
    {
        get
        {
            ExitCode.ShouldBe(2, Error);
            return Mistakes.ShouldHaveSingleItem();
        }
    }

    /// <summary>The lines that report mistakes.</summary>
    public string[] Mistakes => [.. Error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).Select(line => line["error: ".Length..].TrimEnd())];
}

/// <summary>Asks to stop as soon as a text is written.</summary>
internal sealed class StopWriter(string text, CancellationTokenSource stop) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.Contains(text, StringComparison.Ordinal) == true)
        {
            stop.Cancel();
        }
    }
}
