using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DistRec.Contracts;

namespace DistRec.Cli.Tests;

/// <summary>Keys of a server's API, on its database: without the server and beside it.</summary>
public sealed class KeysVerbTests : IDisposable
{
    // No test waits longer, unless something is broken.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_printed_alone_and_once_and_listed_without_itself()
    {
        ManualTime time = new();
        CommandResult made = await RunAsync(time, "create", "--name", "shop [front]", "--scope", "events,read", "--expires", "30d");

        made.ExitCode.ShouldBe(0, made.Error);
        made.Output.Trim().ShouldMatch("^drk_[A-Za-z0-9_-]{43}$");
        made.Error.Trim().ShouldBe("note: key 1 allows read,events until 2025-01-31 00:00:00Z; it is shown this once, and servers know it within seconds");
        JsonElement second = (await RunAsync(time, "create", "--name", "operator", "--scope", "admin", "--json")).Json;
        second.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "key", "name", "scopes", "expires"]);
        second.GetProperty("scopes")[0].GetString().ShouldBe("admin");
        (await RunAsync(time, "create", "--name", "brief", "--scope", "read", "--expires", "12h")).ExitCode.ShouldBe(0);
        time.Advance(TimeSpan.FromHours(12));

        CommandResult list = await RunAsync(time, "list");
        string[] lines = [.. list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        lines.ShouldContain("1 shop [front] read,events valid 2025-01-01 00:00 2025-01-31 00:00");
        lines.ShouldContain("2 operator admin valid 2025-01-01 00:00");
        lines.ShouldContain("3 brief read expired 2025-01-01 00:00 2025-01-01 12:00");
        list.Output.ShouldNotContain("drk_");
        (await RunAsync(time, "list", "--json")).Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetInt64()).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_revoked_key_is_told_and_stays_in_the_list()
    {
        await RunAsync(null, "create", "--name", "shop", "--scope", "read");

        (await RunAsync(null, "revoke", "1")).Output.Trim().ShouldBe("key 1 (shop) is revoked");

        (await RunAsync(null, "revoke", "1", "--json")).Json.GetProperty("id").GetInt64().ShouldBe(1);
        (await RunAsync(null, "list")).Output.ShouldContain("revoked");
        (await RunAsync(null, "revoke", "2")).Mistake.ShouldBe("ID: expected the number of a key, found 2; distrec keys list prints them");
    }

    [Theory]
    [InlineData("create", "--name: expected whose the key is, or what it is for, found nothing|--scope: expected read, events or admin, several with commas, found nothing")]
    [InlineData("create --name a --scope root --expires 0d", "--scope: expected read, events or admin, several with commas, found \"root\"|--expires: expected days or hours")]
    [InlineData("create --name a --scope read,", "--scope: expected read, events or admin")]
    [InlineData("create --name a --scope read --expires 1000000000d", "--expires: expected days or hours, a hundred years at most")]
    [InlineData("create --name a --scope read --expires 2030-01-01", "--expires: expected days or hours, a hundred years at most")]
    [InlineData("revoke", "ID: expected the number of a key, found nothing")]
    [InlineData("revoke x", "ID: expected the number of a key, found \"x\"")]
    [InlineData("revoke 1", "--data-dir: expected the database of a server, found none at")]
    [InlineData("list", "--data-dir: expected the database of a server, found none at")]
    public async Task What_is_wrong_is_told_and_makes_nothing(string command, string expected)
    {
        CommandResult result = await RunAsync(null, command.Split(' '));

        result.ExitCode.ShouldBe(2);
        string[] all = expected.Split('|');
        result.Mistakes.Length.ShouldBe(all.Length);
        result.Mistakes.Zip(all).ShouldAllBe(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal));
        Directory.Exists(_folder["data"]).ShouldBeFalse();
    }

    [Fact]
    public async Task The_database_may_be_named_by_the_variables_of_serve()
    {
        string? Variable(string name) => name == "DISTREC_SERVE_DATABASE" ? _folder["other/keys.db"] : null;
        CommandResult made = await CommandLine.RunAsync(host => host with { Variable = Variable }, "keys", "create", "--name", "a", "--scope", "read");

        made.ExitCode.ShouldBe(0, made.Error);
        File.Exists(_folder["other/keys.db"]).ShouldBeTrue();
        (await CommandLine.RunAsync("keys", "list", "--database", _folder["other/keys.db"])).Output.ShouldContain("valid");
    }

    [Fact]
    public async Task A_server_that_other_machines_reach_tells_how_to_make_a_key_and_takes_it_while_it_runs()
    {
        using TestCertificates certificates = new();
        PemFiles files = certificates.Issue("api");
        using CancellationTokenSource stop = new();
        using Announcement output = new();
        using StringWriter error = new();
        Task<CommandResult> serving = CommandLine.RunAsync(
            host => host with { Output = output, Error = error, Stop = stop.Token }, "serve", "--data-dir", _folder["data"], "--listen", "0.0.0.0:0",
            "--api-tls-certificate", files.Certificate, "--api-tls-key", files.Key, "--rate-limit", "1000");
        Uri address = await output.Address.WaitAsync(Bound);
        address.Scheme.ShouldBe("https");
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Subject == "CN=api" };
        using HttpClient client = new(handler) { BaseAddress = new UriBuilder(address) { Host = "localhost" }.Uri };
        (await client.GetAsync(new Uri("/v1/keys", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        CommandResult made = await RunAsync(null, "create", "--name", "operator", "--scope", "admin");
        made.ExitCode.ShouldBe(0, made.Error);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Output.Trim());
        await WhenAnsweredAsync(client, HttpStatusCode.OK);
        (await RunAsync(null, "revoke", "1")).ExitCode.ShouldBe(0);
        await WhenAnsweredAsync(client, HttpStatusCode.Unauthorized);

        await stop.CancelAsync();
        (await serving.WaitAsync(Bound)).ExitCode.ShouldBe(0, error.ToString());
        error.ToString().ShouldContain(
            $"note: no key of the API is valid that may administrate; make one with: distrec keys create --name operator --scope admin --data-dir {_folder["data"]}");
    }

    // The server reads the keys every two seconds.
    private static async Task WhenAnsweredAsync(HttpClient client, HttpStatusCode expected)
    {
        using CancellationTokenSource late = new(Bound);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri("/v1/keys", UriKind.Relative), late.Token);
            if (response.StatusCode == expected)
            {
                return;
            }

            await timer.WaitForNextTickAsync(late.Token);
        }
    }

    private Task<CommandResult> RunAsync(TimeProvider? time, params string[] arguments) =>
        CommandLine.RunAsync(host => host with { Time = time ?? host.Time }, ["keys", .. arguments, "--data-dir", _folder["data"]]);

    /// <summary>Hears where a server answers.</summary>
    private sealed class Announcement : StringWriter
    {
        private const string Before = "the server is at ";

        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => _address.Task;

        public override Task WriteLineAsync(string? value)
        {
            if (value?.IndexOf(Before, StringComparison.Ordinal) is int at and >= 0)
            {
                _address.TrySetResult(new Uri(value[(at + Before.Length)..]));
            }

            return Task.CompletedTask;
        }
    }
}
