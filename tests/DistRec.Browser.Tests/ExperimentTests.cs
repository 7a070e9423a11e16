using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Models.Persistence;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Browser.Tests;

/// <summary>The page of experiments, of a server that runs one.</summary>
[Collection(nameof(Site))]
public sealed class ExperimentTests(Site site)
{
    private const int Users = 2_000;

    [SkippableTheory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task A_running_experiment_is_shown_as_it_stands_paused_resumed_and_promoted(int width)
    {
        string folder = Directory.CreateTempSubdirectory("distrec-experiment-").FullName;
        try
        {
            await using RecommendationServer server = await RecommendationServer.StartAsync(
                new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), DataFolder = folder, Cluster = ServerOptions.Alone(folder, TimeProvider.System), Partitions = 4 },
                NullLoggerFactory.Instance);
            using HttpClient http = new() { BaseAddress = server.Address };
            await FillAsync(http, folder);
            await using Window window = await site.OpenAsync("experiments", address: server.Address, width: width);

            ILocator panel = window.Region("front page");
            await Expect(panel.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("version 1, control");
            await Expect(panel.GetByRole(AriaRole.List, new LocatorGetByRoleOptions { Name = "Result of the test" })).ToContainTextAsync("better");
            await Expect(panel).ToContainTextAsync("The sequential test");
            await ScreenshotAsync(window, width);

            await ConfirmAsync(window, "Pause front page", "Pause");
            await Expect(panel.GetByText("paused", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await ConfirmAsync(window, "Resume front page", "Resume");
            await Expect(panel.GetByText("running", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await ConfirmAsync(window, "Promote new of front page", "Promote");
            await Expect(panel.GetByText("promoted", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await panel.GetByText("What was done to it").ClickAsync();
            await Expect(panel.GetByRole(AriaRole.Rowheader, new LocatorGetByRoleOptions { Name = "promote", Exact = true })).ToBeVisibleAsync();
            (await http.GetFromJsonAsync<JsonElement>("v1/models/films")).GetProperty("active").GetInt32().ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ConfirmAsync(Window window, string button, string name)
    {
        await window.Button(button).ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true }).ClickAsync();
    }

    // For people to look at, where they name a folder.
    private static async Task ScreenshotAsync(Window window, int width)
    {
        if (Environment.GetEnvironmentVariable("DISTREC_SCREENSHOTS") is { } folder)
        {
            await window.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"experiments-{width}.png"), FullPage = true });
        }
    }

    // Users of two versions, of whom those of the new one click twice as often.
    private static async Task FillAsync(HttpClient http, string folder)
    {
        foreach (ulong seed in new ulong[] { 1, 2 })
        {
            string trained = Path.Combine(folder, $"trained-{seed}");
            ModelFolder.Save(trained, SmallModels.Saved(seed));
            await PostAsync("v1/models", new { name = "films", folder = trained, activate = seed == 1 });
        }

        await PostAsync("v1/experiments", new { name = "front page", arms = new[] { new { name = "old", version = 1 }, new { name = "new", version = 2 } } });
        JsonElement answers = await PostAsync("v1/recommendations/batch", new { users = Enumerable.Range(0, Users).Select(user => $"user{user}"), n = 1 });
        DateTimeOffset time = DateTimeOffset.UtcNow.AddHours(-1);
        List<object> events = [];
        foreach ((int index, JsonElement answer) in answers.GetProperty("answers").EnumerateArray().Index())
        {
            JsonElement served = answer.GetProperty("served");
            string answerId = served.GetProperty("answerId").GetString()!, user = $"user{index}";
            events.Add(new { kind = "impression", user, item = "i1", answerId, time });
            if (index % 20 < (served.GetProperty("arm").GetString() == "new" ? 4 : 2))
            {
                events.Add(new { kind = "click", user, item = "i1", answerId, time });
            }
        }

        await PostAsync("v1/events", new { events });

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using HttpResponseMessage response = await http.PostAsJsonAsync(path, body);
            return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        }
    }
}
