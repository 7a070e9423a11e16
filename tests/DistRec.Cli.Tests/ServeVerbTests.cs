using System.Net;
using System.Net.Sockets;
using DistRec.Contracts;

namespace DistRec.Cli.Tests;

public sealed class ServeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_mistakes_in_a_servers_settings_are_reported_together()
    {
        CommandResult result = await CommandLine.RunAsync(
            "serve", "--model", _folder["none"], "--listen", "everywhere", "--data-root", _folder["nowhere"], "--threads", "0", "--join", "10.0.0.1", "--role", "coordinator",
            "--advertise", "http://10.0.0.7:7600/path", "--secret-file", _folder["secret"], "--tls-key", "key.pem");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldBe(
            [
                "--listen: expected an address and a port, found \"everywhere\"; write 127.0.0.1:7500",
                $"--data-root: expected a folder, found none at \"{_folder["nowhere"]}\"; check the path",
                "--role: expected predictor, alone or with coordinator and worker after commas, found \"coordinator\"; a server answers, whatever else it does",
                "--database: expected the database that the servers of the cluster share, since users move from one to another with what they rated, found nothing; "
                    + "give postgresql://…, or the same file to servers of one machine",
                "--advertise: expected HOST:PORT or http://HOST:PORT, found \"http://10.0.0.7:7600/path\"; leave out paths",
                "--join: expected HOST:PORT of every coordinator, separated by commas, found \"10.0.0.1\"; give what --listen or --advertise is on the coordinators",
                "--tls-certificate: expected a PEM file, found nothing; TLS takes certificate, key and authority",
                "--tls-key: expected a PEM file, found none at \"key.pem\"; check the path",
                "--tls-authority: expected a PEM file, found nothing; TLS takes certificate, key and authority",
                $"--secret-file: expected a file with the cluster's secret, found none that can be read at \"{_folder["secret"]}\"; check the path and its permissions",
                "--threads: expected a whole number from 1 to 1024, found \"0\"; give the cores that this node may use",
                $"--model: expected the folder of a model, found nothing at \"{_folder["none"]}\"; give the folder that distrec train saved to",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_setting_of_the_environment_counts_where_nothing_is_typed_and_is_named_by_its_variable()
    {
        CommandResult result = await CommandLine.RunAsync(
            host => host with { Variable = name => name is "DISTREC_SERVE_LISTEN" or "DISTREC_SERVE_THREADS" ? "many" : null }, "serve", "--threads", "none");

        result.Mistakes.ShouldBe(
            [
                "DISTREC_SERVE_LISTEN: expected an address and a port, found \"many\"; write 127.0.0.1:7500",
                "--threads: expected a whole number from 1 to 1024, found \"none\"; give the cores that this node may use",
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("--join 10.0.0.1:7400 --database shared.db", "--advertise: expected how other nodes reach this one, since a coordinator is at 10.0.0.1, found nothing")]
    [InlineData("--join 127.0.0.1:7400 --database shared.db --role coordinator,predictor", "--role: expected no coordinator beside --join, found \"coordinator,predictor\"")]
    [InlineData("--join 127.0.0.1:7400", "--database: expected the database that the servers of the cluster share")]
    [InlineData("--join 127.0.0.1:7400 --database postgresql://db/serving", "--model-store: expected where the servers of the cluster share the files of models, which are in no database, found nothing")]
    [InlineData("--model-store s3://b", "--model-store s3://b: expected a bucket of 3 to 63 letters, digits, dots and hyphens after s3://, found \"b\"")]
    [InlineData("--new-item-ratings 0", "--new-item-ratings: expected a whole number of at least 1, found \"0\"")]
    [InlineData("--listen 0.0.0.0:7500", "--listen: expected TLS off the loopback, found connections in the clear; give --api-tls-certificate and --api-tls-key, or --api-allow-plaintext")]
    [InlineData("--listen 0.0.0.0:7500 --allow-plaintext", "--listen: expected TLS off the loopback, found connections in the clear")]
    [InlineData("--api-tls-key none.key --api-tls-certificate ServeVerbTests.none", "--api-tls-key: expected a PEM file, found none at \"none.key\"", 2)]
    [InlineData("--rate-limit 0", "--rate-limit: expected a whole number from 1 to 1000000, found \"0\"; leave it out for no limit")]
    [InlineData("--role predictor", "--join: expected the coordinators' HOST:PORT, found nothing")]
    [InlineData("--role predictor,boss", "--role: expected predictor, alone or with coordinator and worker after commas, found \"predictor,boss\"")]
    public async Task What_does_not_fit_together_is_refused(string options, string expected, int mistakes = 1)
    {
        CommandResult result = await CommandLine.RunAsync(["serve", "--data-dir", _folder["data"], .. options.Split(' ')]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Length.ShouldBe(mistakes);
        result.Mistakes[^1].ShouldStartWith(expected);
    }

    [Fact]
    public async Task A_certificate_with_the_key_of_another_is_refused_before_anything_is_served()
    {
        using TestCertificates certificates = new();
        PemFiles own = certificates.Issue("own");
        PemFiles other = certificates.Issue("other");

        (await CommandLine.RunAsync("serve", "--data-dir", _folder["data"], "--api-tls-certificate", own.Certificate, "--api-tls-key", other.Key)).Mistake
            .ShouldContain("give the two that were issued together");
    }

    [Fact]
    public async Task Off_the_loopback_other_nodes_need_certificates_and_the_secret()
    {
        CommandResult result = await CommandLine.RunAsync("serve", "--advertise", "http://server.example:7600");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Length.ShouldBe(2);
        result.Mistakes[0].ShouldStartWith("--advertise: expected TLS off the loopback, found connections in the clear");
        result.Mistakes[1].ShouldStartWith("--secret-file: expected the cluster's secret off the loopback, found none");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_a_mistake()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();

        CommandResult result = await CommandLine.RunAsync(
            "serve", "--data-dir", _folder["data"], "--listen", taken.LocalEndpoint.ToString()!);

        result.Mistake.ShouldContain("address already in use");
    }

    [Fact]
    public async Task A_server_says_where_it_answers_and_leaves_when_it_is_told_to()
    {
        using CancellationTokenSource stop = new();
        using StopWriter output = new("the server is at", stop);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Output = output, Stop = stop.Token }, "serve", "--data-dir", _folder["data"], "--listen", "127.0.0.1:0")
            .WaitAsync(TimeSpan.FromMinutes(1));

        result.ExitCode.ShouldBe(0, result.Error);
        output.ToString().ShouldStartWith("no model is active: train one, or register one; the server is at http://127.0.0.1:");
    }
}
