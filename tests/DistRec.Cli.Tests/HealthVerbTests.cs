using System.Net;
using DistRec.Contracts;

namespace DistRec.Cli.Tests;

public sealed class HealthVerbTests
{
    [Fact]
    public async Task A_node_that_answers_is_healthy()
    {
        using AnsweringNetwork network = new(HttpStatusCode.OK);

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network }, "health", "coordinator.example:7400");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.Trim().ShouldBe("ok");
        network.Asked.ShouldBe(["GET http://coordinator.example:7400/health/ready"]);
    }

    [Fact]
    public async Task The_node_of_a_container_is_asked_where_its_own_settings_say_that_it_listens()
    {
        using AnsweringNetwork network = new(HttpStatusCode.OK);
        Func<string, string?> variable = name => name == "DISTREC_NODE_LISTEN" ? "0.0.0.0:7411" : null;

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network, Variable = variable }, "health", "--json");

        result.Json.GetProperty("healthy").GetBoolean().ShouldBeTrue();
        network.Asked.ShouldBe(["GET http://127.0.0.1:7411/health/ready"]);
    }

    [Theory]
    [InlineData("health --server", "http://127.0.0.1:7500/healthz/ready")]
    [InlineData("health --server --live", "http://127.0.0.1:7500/healthz/live")]
    [InlineData("health --server", "http://127.0.0.1:7511/healthz/ready", "DISTREC_SERVE_LISTEN=0.0.0.0:7511")]
    [InlineData("health --server", "http://10.0.0.7:7511/healthz/ready", "DISTREC_SERVE_LISTEN=10.0.0.7:7511")]
    [InlineData("health", "http://127.0.0.1:7511/healthz/ready", "DISTREC_SERVE_LISTEN=0.0.0.0:7511")]
    [InlineData("health --live", "http://127.0.0.1:7511/healthz/live", "DISTREC_SERVE_LISTEN=0.0.0.0:7511")]
    [InlineData("health server.example:7400", "http://server.example:7400/health/ready", "DISTREC_SERVE_LISTEN=0.0.0.0:7511")]
    [InlineData("health --server", "https://127.0.0.1:7500/healthz/ready", "DISTREC_SERVE_API_TLS_CERTIFICATE=api.pem")]
    [InlineData("health --server https://recommend.example:7500", "https://recommend.example:7500/healthz/ready")]
    public async Task Who_is_asked_follows_from_the_options_and_a_servers_settings(string line, string expected, string setting = "=")
    {
        using AnsweringNetwork network = new(HttpStatusCode.OK);
        string[] parts = setting.Split('=');
        Func<string, string?> variable = name => name == parts[0] ? parts[1] : name == "DISTREC_NODE_LISTEN" ? "0.0.0.0:7400" : null;

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network, Variable = variable }, line.Split(' '));

        result.ExitCode.ShouldBe(0, result.Error);
        network.Asked.ShouldBe([$"GET {expected}"]);
    }

    [Fact]
    public async Task A_server_that_does_not_do_its_work_is_quoted()
    {
        using AnsweringNetwork network = new(HttpStatusCode.ServiceUnavailable, "3 of 64 partitions of users do not answer");

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network }, "health", "--server");

        result.ExitCode.ShouldBe(1);
        result.Error.Trim().ShouldBe(
            "http://127.0.0.1:7500/: expected a server that does its work, found 3 of 64 partitions of users do not answer");
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "the queue of jobs does not answer", "the queue of jobs does not answer")]
    [InlineData(HttpStatusCode.NotFound, "", "the answer 404 to GET /health/ready")]
    public async Task A_node_that_does_not_do_its_work_is_quoted(HttpStatusCode status, string words, string found)
    {
        using AnsweringNetwork network = new(status, words);

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network }, "health");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.Trim().ShouldBe($"http://127.0.0.1:7400/: expected a node that does its work, found {found}");
    }

    [Fact]
    public async Task Whether_the_process_is_worth_keeping_is_another_question()
    {
        using AnsweringNetwork network = new(HttpStatusCode.OK);

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network }, "health", "--live");

        result.ExitCode.ShouldBe(0, result.Error);
        network.Asked.ShouldBe(["GET http://127.0.0.1:7400/health/live"]);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_not_waited_for_longer_than_told()
    {
        using Silent network = new();

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network }, "health", "--timeout-seconds", "1")
            .WaitAsync(TimeSpan.FromMinutes(1));

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("found no answer for 1 s");
    }

    [Fact]
    public async Task Mistakes_in_its_options_are_reported_together()
    {
        CommandResult result = await CommandLine.RunAsync("health", "--url", "http://coordinator/path", "--timeout-seconds", "soon");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_servers_certificate_may_have_any_name_where_it_is_asked_by_its_own_settings_alone()
    {
        using TemporaryFolder folder = new();
        using TestCertificates certificates = new();
        PemFiles pem = certificates.Issue("recommend.example");
        using CancellationTokenSource stop = new();
        using ToldWriter output = new("https://");
        Task<CommandResult> serving = CommandLine.RunAsync(
            host => host with { Output = output, Stop = stop.Token },
            "serve", "--data-dir", folder["data"], "--listen", "127.0.0.1:0",
            "--api-tls-certificate", pem.Certificate, "--api-tls-key", pem.Key);
        string line = await output.Told.WaitAsync(TimeSpan.FromMinutes(1));
        Uri address = new(line[line.IndexOf("https://", StringComparison.Ordinal)..]);
        Func<string, string?> variable = name => name switch
        {
            "DISTREC_SERVE_LISTEN" => address.Authority,
            "DISTREC_SERVE_API_TLS_CERTIFICATE" => pem.Certificate,
            _ => null,
        };

        CommandResult bySettings = await CommandLine.RunAsync(host => host with { Variable = variable }, "health", "--server");
        CommandResult byAddress = await CommandLine.RunAsync("health", "--server", "--url", address.ToString());
        await stop.CancelAsync();
        await serving;

        bySettings.ExitCode.ShouldBe(0, bySettings.Error);
        byAddress.ExitCode.ShouldBe(1);
        byAddress.Error.ShouldContain("certificate is invalid");
    }

    [Fact]
    public async Task Certificates_of_the_cluster_are_not_shown_to_a_server() =>
        (await CommandLine.RunAsync("health", "--server", "--tls-key", "node.key")).Mistake.ShouldBe(
            "--tls-key: expected nothing beside --server, found \"node.key\"; leave it out: a server's API is shown no certificate");

    /// <summary>Hands out the first line that holds a text.</summary>
    private sealed class ToldWriter(string text) : StringWriter
    {
        private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Told => _told.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                _told.TrySetResult(value);
            }
        }
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            TaskCompletionSource<HttpResponseMessage> never = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return await never.Task.WaitAsync(cancellationToken);
        }
    }
}
