using System.Net;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Browser.Tests;

/// <summary>A server with a small model in the process of the tests, and the system's browser; started once for all tests.</summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string? Chromium = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(_ => new[] { "chromium", "chromium-browser", "google-chrome" }, Path.Combine)
        .FirstOrDefault(File.Exists);

    private static readonly bool HasDashboard = typeof(RecommendationServer).Assembly.GetManifestResourceNames()
        .Any(name => name.StartsWith("dashboard/", StringComparison.Ordinal));

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-browser-").FullName;
    private RecommendationServer? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Chromium is null || !HasDashboard)
        {
            return;
        }

        _server = await RecommendationServer.StartAsync(
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                DataFolder = _folder,
                Cluster = ServerOptions.Alone(_folder, TimeProvider.System),
                Partitions = 4,
            },
            NullLoggerFactory.Instance);
        _server.Node.Models = SmallModels.Active(SmallModels.Serving());
        Client = new HttpClient { BaseAddress = _server.Address };
        _playwright = await Playwright.CreateAsync();

        // Containers run tests as root, whom Chromium gives no sandbox; it opens nothing but this server.
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        Client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A fresh window at a place of the dashboard.</summary>
    /// <param name="place">What follows the # of the address: <c>query/user/u1</c>.</param>
    /// <param name="server">What is answered in the server's stead; null for nothing.</param>
    /// <param name="width">Pixels: 360 is a phone.</param>
    /// <param name="address">Another server than the one of all tests; null for that one.</param>
    internal async Task<Window> OpenAsync(string place, PretendedServer? server = null, int width = 1280, Uri? address = null)
    {
        Skip.If(Chromium is null, "chromium is not installed");
        Skip.If(!HasDashboard, "the server was built without its dashboard: npm or its registry could not be reached");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        if (server is not null)
        {
            await context.RouteAsync(url => new Uri(url).AbsolutePath.StartsWith("/v1/", StringComparison.Ordinal), server.AnswerAsync);
        }

        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(10_000);
        Window window = new(page);
        await page.GotoAsync(new Uri(address ?? _server!.Address, $"/#/{place}").ToString());
        return window;
    }
}

/// <summary>All tests share the server and the browser, one after the other.</summary>
[CollectionDefinition(nameof(Site))]
public sealed class SiteCollection : ICollectionFixture<Site>;
