using System.Diagnostics;

namespace DistRec.Models.Tests;

/// <summary>
/// Every kernel computes the same bits on every vector width: a process of its own prints their hashes under each
/// width that the runtime can be held to. A cluster may mix such machines.
/// </summary>
public sealed class SameBitsTests
{
    private static readonly Lazy<Report> Normal = new(() => Run(null, null));

    [Fact]
    public void The_normal_run_covers_every_kernel()
    {
        string[] kernels = [.. Normal.Value.Hashes.Keys.Select(name => name.Split('/')[0]).Distinct()];

        kernels.ShouldBe(
            ["dot", "gram", "cholesky", "solve", "solve-intercept", "conjugate-gradient", "gaussian", "als", "als-plain",
                "neighbours", "tsne-exact", "tsne-tree",
                "als-implicit-Exact", "als-implicit-ConjugateGradient", "als-implicit-Blocks", "moments", "layer", "layer-gradient", "quantized", "top", "nmf", "bpmf", "baseline", "mf", "fm-Sgd", "fm-AdaGrad", "fm-AdaptiveSgd", "fm-pairs", "fm-collapsed"],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "512:False")] // two halves of AVX2
    [InlineData("DOTNET_EnableAVX2", "256:False")] // four quarters, and multiply-adds fused in software
    [InlineData("DOTNET_EnableHWIntrinsic", "128:False")] // no vectors at all
    public void Every_kernel_computes_the_same_bits_on_narrower_vectors(string setting, string expectedVectors)
    {
        Report narrow = Run(setting, "0");

        narrow.Vectors.ShouldContain(expectedVectors);
        narrow.Hashes.ShouldBe(Normal.Value.Hashes);
    }

    private static Report Run(string? setting, string? value)
    {
        ProcessStartInfo start = new(Host()) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DistRec.Bits.dll"));
        if (setting is not null)
        {
            start.Environment[setting] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        process.WaitForExit(60_000).ShouldBeTrue("the process did not end within a minute");
        process.ExitCode.ShouldBe(0, errors.Result);
        return new Report(lines[0], lines.Skip(1).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]));
    }

    // The program that runs this test, where it is the dotnet host itself, or the one on the path.
    private static string Host() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private sealed record Report(string Vectors, Dictionary<string, string> Hashes);
}
