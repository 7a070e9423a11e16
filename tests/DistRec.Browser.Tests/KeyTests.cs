using System.Net;
using DistRec.Serving.Hosting;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Browser.Tests;

/// <summary>The dashboard of a server that asks for keys.</summary>
[Collection(nameof(Site))]
public sealed class KeyTests(Site site) : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-browser-").FullName;
    private readonly Dictionary<ApiScope, string> _keys = [];
    private RecommendationServer? _server;

    public async Task InitializeAsync()
    {
        await using (ServerDatabase database = await ServerDatabase.OpenAsync("--database", ServerOptions.PlaceOf(null, _folder), TimeProvider.System))
        {
            foreach (ApiScope scope in Enum.GetValues<ApiScope>())
            {
                _keys[scope] = (await database.Keys.CreateAsync(ApiScopes.NameOf(scope), [scope])).Text;
            }
        }

        _server = await RecommendationServer.StartAsync(
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0), DataFolder = _folder, Cluster = ServerOptions.Alone(_folder, TimeProvider.System), Partitions = 4,
            },
            NullLoggerFactory.Instance);
        _server.Node.Models = SmallModels.Active(SmallModels.Serving());
    }

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_key_is_asked_for_and_with_it_every_page_works()
    {
        await using Window window = await site.OpenAsync("overview", address: _server!.Address);
        await GiveKeyAsync(window, "drk_" + new string('x', 43));
        await Expect(window.Main.GetByText("It has refused the key that was given. Expected a key of this server that was not revoked")).ToBeVisibleAsync();

        await GiveKeyAsync(window, _keys[ApiScope.Admin]);
        await Expect(window.Region("Active model")).ToBeVisibleAsync();
        foreach ((string page, string shown) in new[]
        {
            ("models", "No model is registered yet."), ("jobs", "No job was submitted yet."), ("cluster", "coordinator, predictor, worker"), ("query/user/u1", "User u1 should see"),
        })
        {
            await window.Page.GotoAsync(new Uri(_server.Address, $"/#/{page}").ToString());
            await Expect(window.Main.GetByText(shown).First).ToBeVisibleAsync();
            await Expect(window.Main.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        }
    }

    [SkippableFact]
    public async Task A_key_that_allows_less_is_told_what_is_missing()
    {
        await using Window window = await site.OpenAsync("overview", address: _server!.Address);
        await GiveKeyAsync(window, _keys[ApiScope.Read]);
        await Expect(window.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("xpected a key with the scope admin, found one with read");
    }

    private static async Task GiveKeyAsync(Window window, string text)
    {
        ILocator key = window.Page.GetByLabel("API key");
        await key.FillAsync(text);
        await key.PressAsync("Enter");
    }
}
