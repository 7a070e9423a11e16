using System.Globalization;
using System.Text.Json;

namespace DistRec.Processes.Tests;

/// <summary>Factorization machines from the command line to a cluster and back, each command in a process of its own.</summary>
[Collection(ProcessTests.Name)]
public sealed class FmJobTests(SharedCluster shared) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-fm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Described_users_and_rows_of_features_are_submitted_now_watched_later_and_make_the_model_of_one_process() => shared.UseAsync(2, async cluster =>
    {
        string[] described =
        [
            "--data", Write("ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 3000).Select(index => $"u{index % 60},i{index / 60},{1 + ((index * 7) + (index / 60)) % 5}")]),
            "--user-features", Write("users.csv", ["user,club,age:number", .. Enumerable.Range(0, 60).Select(user => $"u{user},c{user % 4},0.{user % 10}")]),
            "--features", "user,item,club,age", "--model", "fm", "--learner", "mcmc", "--rank", "4", "--burn-in", "2",
        ];
        string[] rows =
        [
            "--data", Write("rows.txt", Enumerable.Range(0, 2000).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row % 13 - (row % 7)} {1 + (row % 13)}:1 {20 + (row % 7)}:0.5"))),
            "--model", "fm", "--learner", "sgd", "--rank", "4", "--learning-rate", "0.05",
        ];
        JsonElement[] submitted =
        [
            await CommandProcess.JsonAsync(cluster, ["submit", .. Job(described), "--out", Path.Combine(_folder, "described")]),
            await CommandProcess.JsonAsync(cluster, ["submit", .. Job(rows), "--out", Path.Combine(_folder, "rows")]),
        ];
        foreach ((string[] job, JsonElement told) in new[] { described, rows }.Zip(submitted))
        {
            JsonElement here = await CommandProcess.JsonAsync(null, ["train", .. Job(job), "--out", Path.Combine(_folder, "here")]);
            Directory.Delete(Path.Combine(_folder, "here"), recursive: true);
            JsonElement watched = await CommandProcess.JsonAsync(cluster, "watch", told.GetProperty("job").GetString()!, "--out", told.GetProperty("out").GetString()!);
            watched.GetProperty("state").GetString().ShouldBe("completed");
            watched.GetProperty("modelSha256").GetString().ShouldBe(here.GetProperty("modelSha256").GetString());
            watched.GetProperty("testRmse").GetDouble().ShouldBe(here.GetProperty("testRmse").GetDouble());
        }

        // One that would take long, since it does not stop early either, is stopped by somebody else, and nothing stays of it when it is removed.
        string[] endless = [.. Job(rows, epochs: 1_000_000), "--patience", "0", "--out", Path.Combine(_folder, "long")];
        string name = (await CommandProcess.JsonAsync(cluster, ["submit", .. endless])).GetProperty("job").GetString()!;
        await CommandProcess.RunAsync(cluster, "cancel", name);
        (int code, _, string errors) = await CommandProcess.RunToEndAsync(cluster, "watch", name);
        code.ShouldBe(130, errors);
        errors.ShouldContain("was cancelled");
        await CommandProcess.RunAsync(cluster, "remove", name);
        (await CommandProcess.JsonAsync(cluster, "jobs")).GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString())
            .ShouldNotContain(name);

        static string[] Job(string[] options, int epochs = 5) => [.. options, "--epochs", $"{epochs}", "--partitions", "3", "--quiet"];
    });

    private string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
