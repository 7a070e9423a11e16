using System.Diagnostics;
using System.Text.Json;

namespace DistRec.Processes.Tests;

/// <summary>A command in a process of its own, typed as a person would against a cluster.</summary>
internal static class CommandProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Runs a command to its end; it must succeed.</summary>
    /// <param name="cluster">Whose address and secret its environment has; null for none.</param>
    /// <param name="arguments">What is typed after <c>distrec</c>.</param>
    /// <returns>What it wrote as its result.</returns>
    public static async Task<string> RunAsync(TestCluster? cluster, params string[] arguments)
    {
        (int code, string output, string errors) = await RunToEndAsync(cluster, arguments);
        code.ShouldBe(0, errors);
        return output;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunToEndAsync(TestCluster? cluster, params string[] arguments)
    {
        ProcessStartInfo info = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "distrec.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["DOTNET_TieredPGO"] = "0";
        if (cluster is not null)
        {
            info.Environment["DISTREC_CLUSTER"] = cluster.Coordinator.Address.GetLeftPart(UriPartial.Authority);
            foreach ((string variable, string value) in TestCluster.WithSecret())
            {
                info.Environment[variable] = value;
            }
        }

        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new ShouldAssertException($"distrec {string.Join(' ', arguments)} did not end within {Patience}:\n{await errors}");
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>The same of a command that answers in JSON.</summary>
    public static async Task<JsonElement> JsonAsync(TestCluster? cluster, params string[] arguments) =>
        JsonDocument.Parse(await RunAsync(cluster, [.. arguments, "--json"])).RootElement;
}
