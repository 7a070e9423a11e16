using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary>A model answers as soon as it is trained.</summary>
public sealed class ActivationTests(LocalServer server) : LocalCluster, IClassFixture<LocalServer>
{
    private string Address => server.Client.BaseAddress!.ToString();

    [Fact]
    public async Task Train_sends_the_model_to_a_server_that_answers_with_it()
    {
        JsonElement trained = await CommandLine.TrainSmallAsync(server["here"], "--activate", "--server", Address, "--as", "films");

        JsonElement served = trained.GetProperty("served");
        (served.GetProperty("server").GetString(), served.GetProperty("model").GetString(), served.GetProperty("version").GetInt32()).ShouldBe((Address, "films", 1));
        JsonElement answer = await CommandLine.JsonAsync("recommend", "--server", Address, "--model", "films", "--user", "1", "--n", "2");
        answer.GetProperty("served").GetProperty("modelSha256").GetString().ShouldBe(trained.GetProperty("modelSha256").GetString());
        CommandResult again = await CommandLine.RunAsync("train", "--ratings", "4000", "--users", "120", "--items", "60", "--epochs", "2", "--out", server["here"], "--activate", "--server", Address, "--as", "films");
        again.Output.ShouldContain($"films 2 at {Address}");
    }

    [Fact]
    public async Task Submit_does_so_when_the_job_has_ended_and_watch_for_one_that_was_submitted_before()
    {
        string[] job = ["submit", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "4", "--epochs", "2"];

        CommandResult submitted = await RunAsync(job, "--out", server["submitted"], "--watch", "--activate", "--server", Address, "--json");
        submitted.ExitCode.ShouldBe(0, submitted.Error);
        submitted.Json.GetProperty("served").GetProperty("model").GetString().ShouldBe("submitted");

        string id = (await RunAsync(job, "--seed", "7", "--out", server["later"], "--quiet", "--json")).Json.GetProperty("job").GetString()!;
        CommandResult watched = await RunAsync(["watch", id], "--out", server["later"], "--activate", "--server", Address, "--quiet", "--json");
        watched.Json.GetProperty("served").GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Train_can_become_a_server()
    {
        string data = server["own"];
        using CancellationTokenSource stop = new();
        Dictionary<string, string> variables = new() { ["DISTREC_SERVE_LISTEN"] = "127.0.0.1:0", ["DISTREC_SERVE_DATA_DIR"] = data };
        await using StopWriter output = new("answers at http://127.0.0.1:", stop);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Output = output, Stop = stop.Token, Variable = variables.GetValueOrDefault },
            "train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "mf", "--epochs", "2", "--out", server["served"], "--serve");

        result.ExitCode.ShouldBe(0, result.Error);
        output.ToString().ShouldContain("served 1 (mf, ");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_before_training()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Variable = name => name == "DISTREC_SERVE_LISTEN" ? $"{listener.LocalEndpoint}" : null }, "train", "--serve", "--out", server["never"]);

        result.Mistake.ShouldStartWith($"--serve: expected {listener.LocalEndpoint} to be free, found ");
        Directory.Exists(server["never"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("train --activate", "--activate: expected a server to take the model, found none; give --server URL, or set DISTREC_SERVER")]
    [InlineData("train --as films", "--as: expected nothing without --activate, found \"films\"; leave it out, or let the server take the model")]
    [InlineData("train --activate --server http://127.0.0.1:1 --as Films!", "--as: the model's name: expected 1 to 64 characters of a-z, 0-9, '.', '_' and '-', the first and the last a letter or a digit, found \"Films!\"; choose another name")]
    [InlineData("submit --cluster http://127.0.0.1:1 --activate --server http://127.0.0.1:1", "--activate: expected --watch beside it, since the model is put together here, found none; give --watch, or --activate with distrec watch --out later")]
    [InlineData("submit --cluster http://127.0.0.1:1 --serve", "--serve: expected nothing, since the job trains on a cluster, found \"true\"; let a server that runs take the model: --watch --activate --server URL")]
    [InlineData("watch 20260131-184205-3fa91c --cluster http://127.0.0.1:1 --activate --server http://127.0.0.1:1", "--activate: expected --out beside it, since the model is put together here, found none; give the --out that the job was submitted with")]
    public async Task What_is_wrong_is_named(string typed, string expected) => (await CommandLine.RunAsync(typed.Split(' '))).Mistakes[0].ShouldBe(expected);

    [Fact]
    public async Task A_server_that_is_not_there_is_told_before_training()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--activate", "--server", "http://127.0.0.1:1", "--out", server["nowhere"]);

        result.Mistake.ShouldStartWith("http://127.0.0.1:1/: expected a DistRec server that answers, found: ");
        Directory.Exists(server["nowhere"]).ShouldBeFalse();
    }
}
