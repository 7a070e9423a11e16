namespace DistRec.Cli.Tests;

public sealed class NodeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_mistakes_in_a_nodes_settings_are_reported_together()
    {
        CommandResult result = await CommandLine.RunAsync(
            "node", "--role", "worker,boss", "--listen", "everywhere", "--join", "10.0.0.1,http://10.0.0.2:7400", "--akka-port", "70000", "--jobs", "0", "--log", "xml");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldBe(
            [
                "--role: expected coordinator, worker, or both with a comma, found \"worker,boss\"; give one of the three",
                "--join: expected HOST:PORT of every coordinator, separated by commas, found \"10.0.0.1\"; give what --listen or --advertise is on the coordinators",
                "--join: expected HOST:PORT of every coordinator, separated by commas, found \"http://10.0.0.2:7400\"; give what --listen or --advertise is on the coordinators",
                "--jobs: expected nothing on a worker, found \"0\"; give it to the coordinators, or leave it out",
                "--listen: expected an address of this machine and a port, such as 0.0.0.0:7400, found \"everywhere\"; * stands for all addresses",
                "--akka-port: expected a whole number from 1 to 65535, found \"70000\"; give a free port",
                "--jobs: expected a whole number from 1 to 1000, found \"0\"; 2 is usual",
                "--log: expected text or json, found \"xml\"; leave it out for text",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_worker_has_to_know_a_coordinator()
    {
        CommandResult result = await CommandLine.RunAsync("node", "--role", "worker");

        result.Mistake.ShouldBe("--join: expected the coordinators' HOST:PORT, found nothing; a worker joins the cluster of a coordinator");
    }

    [Theory]
    [InlineData("--engine akka")]
    [InlineData("--detection-ms 3000")]
    [InlineData("--akka-listen 127.0.0.1:7401")]
    public async Task Options_that_are_none_are_refused(string option)
    {
        CommandResult result = await CommandLine.RunAsync(["node", "--role", "coordinator", .. option.Split(' ')]);

        result.Mistake.ShouldStartWith($"{option.Split(' ')[0]}: expected an option of node, found an unknown one");
    }

    [Fact]
    public async Task Off_the_loopback_a_node_needs_certificates_and_the_secret()
    {
        CommandResult result = await CommandLine.RunAsync("node", "--role", "coordinator", "--listen", "*:7400");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Length.ShouldBe(2);
        result.Mistakes[0].ShouldStartWith("--listen: expected TLS off the loopback, found connections in the clear");
        result.Mistakes[1].ShouldStartWith("--secret-file: expected the cluster's secret off the loopback, found none");
    }

    [Fact]
    public async Task A_file_of_HOCON_that_cannot_be_read_is_named()
    {
        string good = _folder.Write("good.conf", "akka.cluster.gossip-interval = 300 ms");
        string missing = _folder["missing.conf"];

        CommandResult result = await CommandLine.RunAsync(
            "node", "--role", "coordinator", "--listen", "127.0.0.1:0", "--akka-config", $"{good},{missing}", "--store", _folder["store"], "--journal", _folder["jobs.db"]);

        result.Mistake.ShouldContain(missing);
        File.Exists(_folder["jobs.db"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_says_that_it_is_ready_and_leaves_when_it_is_told_to()
    {
        using CancellationTokenSource stop = new();
        string config = _folder.Write("node.json", "{ \"role\": \"coordinator\", \"listen\": \"127.0.0.1:0\", \"jobs\": 3 }");
        using ReadyWriter output = new(stop);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Output = output, Stop = stop.Token },
            "node", "--config", config, "--store", _folder["store"], "--journal", _folder["jobs.db"], "--log-level", "warning").WaitAsync(TimeSpan.FromMinutes(1));

        result.ExitCode.ShouldBe(0, result.Error);
        output.ToString().ShouldStartWith("coordinator is ready on http://127.0.0.1:");
    }

    private sealed class ReadyWriter(CancellationTokenSource stop) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            await stop.CancelAsync();
        }
    }
}
