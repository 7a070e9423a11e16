using System.Net;
using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class DataVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("made.csv", "user")]
    [InlineData("made.txt", null)]
    public async Task Generated_ratings_are_written_and_read_again(string file, string? header)
    {
        JsonElement made = await CommandLine.JsonAsync("data", "generate", "--ratings", "500", "--users", "40", "--items", "30", "--rank", "3", "--noise", "0.5", "--seed", "9", "--out", _folder[file]);
        JsonElement info = await CommandLine.JsonAsync("data", "info", _folder[file]);
        JsonElement named = await CommandLine.JsonAsync("data", "info", "--data", _folder[file]);

        made.GetProperty("floorRmse").GetDouble().ShouldBeInRange(0.1, 1);
        info.GetProperty("ratingCount").GetInt32().ShouldBe(500);
        info.GetProperty("userCount").GetInt32().ShouldBe(40);
        named.GetProperty("fingerprint").GetString().ShouldBe(info.GetProperty("fingerprint").GetString());
        (File.ReadLines(_folder[file]).First().Contains("user")).ShouldBe(header is not null);
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_file()
    {
        foreach (string file in new[] { "a.csv", "b.csv" })
        {
            await CommandLine.JsonAsync("data", "generate", "--ratings", "500", "--users", "40", "--items", "30", "--seed", "9", "--out", _folder[file]);
        }

        File.ReadAllBytes(_folder["a.csv"]).ShouldBe(File.ReadAllBytes(_folder["b.csv"]));
    }

    [Fact]
    public async Task Info_shows_a_person_counts_and_a_histogram()
    {
        string data = _folder.Write("ratings.csv", "user,item,rating", "a,x,5", "a,y,3", "b,x,3");

        CommandResult result = await CommandLine.RunAsync("data", "info", data);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("1 to 2 ratings each");
        result.Output.ShouldContain("█");
    }

    [Fact]
    public async Task Generate_reports_all_mistakes_together()
    {
        CommandResult result = await CommandLine.RunAsync("data", "generate", "--ratings", "0", "--users", "x", "--noise", "NaN");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Length.ShouldBe(4);
    }

    [Fact]
    public async Task Download_lists_what_there_is()
    {
        CommandResult result = await CommandLine.RunAsync("data", "download");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("ml-latest-small");
    }

    [Fact]
    public async Task Download_of_an_unknown_name_advises()
    {
        (await CommandLine.RunAsync("data", "download", "ml-100")).Mistake.ShouldContain("did you mean ml-100k?");
    }

    [Theory]
    [InlineData("data", "download", "ml-100k")]
    [InlineData("train", "--data", "ml-100k")]
    public async Task Without_a_network_a_download_ends_in_a_plain_message(params string[] command)
    {
        using var network = new NoNetwork();
        string[] more = command[0] == "train" ? ["--out", _folder["model"]] : [];
        CommandResult result = await CommandLine.RunAsync(
            host => host with { Network = network, Variable = name => name == "DISTREC_CACHE" ? _folder["cache"] : null }, [.. command, .. more]);

        result.Mistake.ShouldContain("check the network");
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no route to host", null, HttpStatusCode.ServiceUnavailable);
    }
}
