using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class BenchMemoryTests
{
    [Fact]
    public async Task Each_model_is_trained_in_a_process_of_its_own_and_tells_its_peak()
    {
        JsonElement json = await CommandLine.JsonAsync(
            "bench", "memory", "--ratings", "3000", "--users", "100", "--items", "50", "--epochs", "2", "--threads", "1", "--models", "baseline,fm-sgd");

        JsonElement[] models = [.. json.GetProperty("models").EnumerateArray()];
        models.Select(model => model.GetProperty("model").GetString()).ShouldBe(["fm-sgd", "baseline"], ignoreOrder: true);
        models.ShouldAllBe(model => model.GetProperty("peakMemoryMiB").GetDouble() > 20 && model.GetProperty("estimatedMiB").GetDouble() > 100);
    }

    [Fact]
    public async Task A_model_that_there_is_not_is_refused()
    {
        CommandResult result = await CommandLine.RunAsync("bench", "memory", "--models", "als,alz");

        result.ExitCode.ShouldBe(ExitCode.BadInput);
        result.Error.ShouldContain("--models: expected names among");
        result.Error.ShouldContain("found alz");
    }
}
