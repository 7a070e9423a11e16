using DistRec.Contracts;

namespace DistRec.Cli.Tests;

public sealed class ClusterMistakeTests : IDisposable
{
    private const string Secret = "0123456789abcdef-secret";
    private const string Job = "20260131-184205-3fa91c";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_mistakes_of_a_submission_are_reported_together()
    {
        string shortSecret = _folder.Write("short.secret", "1234");

        CommandResult result = await CommandLine.RunAsync(
            "submit", "--cluster", "10.0.0.1", "--secret-file", shortSecret, "--threads", "4", "--resume", "--checkpoint-every", "2",
            "--model", "als", "--learning-rate", "0.1", "--reconnect-seconds", "-1", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        string text = string.Join('\n', result.Mistakes);
        text.ShouldContain("--cluster: expected the address of a cluster, found \"10.0.0.1\"; give the address of a coordinator, such as http://10.0.0.1:7400");
        text.ShouldContain("--secret-file: expected a secret of at least 16 bytes, found fewer");
        text.ShouldContain("--threads: expected nothing, since the job trains on a cluster, found \"4\"; leave it out: each node has as many as it was started with");
        text.ShouldContain("--resume: expected nothing, since the job trains on a cluster");
        text.ShouldContain("--checkpoint-every: expected nothing, since the job trains on a cluster");
        text.ShouldContain("--learning-rate: expected an option of als, found one of mf");
        text.ShouldContain("--reconnect-seconds: expected a whole number from 0 to 86400, found \"-1\"");
        result.Mistakes.Length.ShouldBe(7);
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("jobs")]
    [InlineData("watch " + Job)]
    [InlineData("cancel " + Job)]
    [InlineData("remove " + Job)]
    [InlineData("cluster status")]
    public async Task Every_command_of_a_cluster_needs_its_address(string command)
    {
        (await CommandLine.RunAsync(command.Split(' '))).Mistake.ShouldBe(
            "--cluster: expected the address of a cluster, found nothing; give the address of a coordinator, such as http://10.0.0.1:7400, or set DISTREC_CLUSTER");
    }

    [Theory]
    [InlineData("submit --ratings 100 --users 20 --items 10")]
    [InlineData("submit --watch --json --ratings 100 --users 20 --items 10")]
    [InlineData("jobs --json")]
    [InlineData("watch " + Job)]
    [InlineData("cancel " + Job)]
    [InlineData("cluster status")]
    public async Task A_cluster_that_is_not_there_is_a_mistake_that_names_the_address(string command)
    {
        string address = $"http://127.0.0.1:{FreePort.Find()}";
        string[] output = command.StartsWith("submit", StringComparison.Ordinal) ? ["--out", _folder["model"]] : [];

        CommandResult result = await CommandLine.RunAsync([.. command.Split(' '), "--cluster", address, .. output]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        string mistake = result.Mistakes.ShouldHaveSingleItem();
        mistake.ShouldStartWith($"{address}/: expected a DistRec cluster, found ");
        mistake.ShouldContain("check the address and port, that the coordinator runs there");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ftp://10.0.0.1", "one that does not begin with http:// or https://")]
    [InlineData("http://me:pass@10.0.0.1:7400", "one with a name or password in it")]
    [InlineData("http://10.0.0.1:7400/jobs", "one with something after the port (/jobs)")]
    [InlineData("coordinator:7400", "one that does not begin with http:// or https://")]
    public async Task An_address_that_is_no_clusters_is_refused_whether_it_is_given_or_set(string address, string found)
    {
        CommandResult given = await CommandLine.RunAsync("jobs", "--cluster", address);
        CommandResult set = await CommandLine.RunAsync(host => host with { Variable = name => name == "DISTREC_CLUSTER" ? address : null }, "jobs");

        given.Mistake.ShouldStartWith($"--cluster: expected the address of a cluster, found {found}");
        set.Mistake.ShouldStartWith($"DISTREC_CLUSTER: expected the address of a cluster, found {found}");
    }

    [Fact]
    public async Task A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        CommandResult result = await CommandLine.RunAsync("jobs", "--cluster", "http://127.0.0.1:1", "--secret", Secret);

        result.Mistake.ShouldStartWith("--secret: expected the secret in a file, found it on the command line");
        result.Error.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_or_is_too_short_is_named_by_its_place_alone()
    {
        CommandResult missing = await CommandLine.RunAsync("jobs", "--cluster", "http://127.0.0.1:1", "--secret-file", _folder["none"]);
        CommandResult set = await CommandLine.RunAsync(
            host => host with { Variable = name => name == "DISTREC_SECRET" ? "hunter2" : null }, "jobs", "--cluster", "http://127.0.0.1:1");

        missing.Mistake.ShouldStartWith($"--secret-file: expected a file with the cluster's secret, found none that can be read at \"{_folder["none"]}\"");
        set.Mistake.ShouldStartWith("DISTREC_SECRET: expected a secret of at least 16 bytes, found fewer");
        set.Error.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("cancel")]
    public async Task A_command_about_a_job_needs_the_id_of_one(string verb)
    {
        CommandResult missing = await CommandLine.RunAsync(verb, "--cluster", "http://127.0.0.1:1");
        CommandResult wrong = await CommandLine.RunAsync(verb, "../jobs", "--cluster", "http://127.0.0.1:1");

        missing.Mistake.ShouldBe("JOB: expected the id of a job, found nothing; distrec jobs lists them");
        wrong.Mistake.ShouldBe("JOB: expected the id of a job: letters, digits and hyphens, found \"../jobs\"; distrec jobs lists them");
    }

    [Fact]
    public async Task A_model_cannot_be_fetched_where_its_job_was_not_submitted()
    {
        (await CommandLine.RunAsync("watch", Job, "--cluster", "http://127.0.0.1:1", "--out", _folder["model"])).Mistake.ShouldContain(
            $"--out: expected what submit keeps of job {Job} in {_folder["model.work"]}/submitted.json, found nothing; give the --out that the job was submitted with");
    }

    [Fact]
    public async Task A_job_file_for_this_process_is_refused_by_its_line()
    {
        string file = _folder.Write("job.yaml", "model: als", "threads: 4");

        CommandResult result = await CommandLine.RunAsync("submit", "--cluster", "http://127.0.0.1:1", "--job", file, "--out", _folder["model"]);

        result.Mistake.ShouldStartWith("job.yaml:2: threads: expected nothing, since the job trains on a cluster");
    }
}
