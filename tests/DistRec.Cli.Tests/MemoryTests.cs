using System.Diagnostics;

namespace DistRec.Cli.Tests;

/// <summary>A job says what memory it takes before it takes it, and one that cannot fit is refused before hours of work are lost.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_says_what_memory_it_will_take()
    {
        CommandResult result = await TrainAsync(1L << 40, "--rank", "6");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("memory: about 110 MiB of 1024.0 GiB: 0 MiB of ratings and ids, 0 MiB of tables, 110 MiB besides\n");
    }

    [Fact]
    public async Task Tables_that_do_not_fit_are_refused_with_what_to_do()
    {
        string ratings = _folder.Write("ratings.csv", [.. Enumerable.Range(0, 30_000).Select(index => $"{index},{index % 100},3")]);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { AvailableMemory = 400L << 20 }, "train", "--data", ratings, "--model", "als", "--rank", "1024", "--out", _folder["model"]);

        // Four copies of 30,100 rows of 1,024 factors and a bias.
        result.Mistake.ShouldBe(
            "memory: expected a job that fits into the 400 MiB that this machine lets a process have, found one of about 585 MiB: "
            + "4 MiB of ratings and ids, 471 MiB of tables, 110 MiB besides; give a lower --rank, or submit the job to a cluster of several machines");
        Directory.Exists(_folder["model"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Generated_ratings_that_do_not_fit_are_refused_before_they_are_generated()
    {
        long start = Stopwatch.GetTimestamp();
        CommandResult result = await CommandLine.RunAsync(
            host => host with { AvailableMemory = 8L << 30 }, "train", "--ratings", "2000000000", "--users", "1000000", "--items", "100000", "--model", "als", "--out", _folder["model"]);

        result.Mistake.ShouldStartWith("memory: expected a job that fits into the 8.0 GiB that this machine lets a process have, found one of about 31.1 GiB: 29.9 GiB of ratings and ids, ");
        result.Mistake.ShouldEndWith("; give fewer ratings, or submit the job to a cluster of several machines");
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task A_lack_of_memory_is_named()
    {
        CommandResult result = await CommandLine.RunAsync(host => host with { Output = new FullWriter() }, "data", "info", _folder.Write("r.csv", "1,2,3"));

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith("error: memory: expected enough for what was asked, found none left of ");
        result.Error.ShouldNotContain("unexpected");
    }

    private Task<CommandResult> TrainAsync(long memory, params string[] more) => CommandLine.RunAsync(
        host => host with { AvailableMemory = memory },
        ["train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "als", "--epochs", "2", "--out", _folder["model"], .. more]);

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char[] buffer, int index, int count) => throw new InsufficientMemoryException();

        public override void Write(string? value) => throw new InsufficientMemoryException();

        public override void WriteLine(string? value) => throw new InsufficientMemoryException();
    }
}
