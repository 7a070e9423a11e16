using System.Text.Json;
using System.Text.RegularExpressions;

namespace DistRec.Browser.Tests;

/// <summary>Models, jobs, experiments and the map: what is done by hand.</summary>
[Collection(nameof(Site))]
public sealed class OperationTests(Site site)
{
    [SkippableFact]
    public async Task A_version_is_activated_once_a_question_is_answered_all_by_keyboard()
    {
        PretendedServer server = PretendedServer.WithEverything();
        await using Window window = await site.OpenAsync("models", server);
        ILocator activate = window.Button("Activate films version 3");
        await Expect(activate).ToBeVisibleAsync();
        await window.ReachAsync(activate);
        await window.Page.Keyboard.PressAsync("Enter");
        ILocator dialog = window.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Activate films version 3?" });
        await Expect(dialog).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(activate).ToBeFocusedAsync();
        server.Posted.ShouldBeEmpty();

        await window.Page.Keyboard.PressAsync("Enter");
        await window.ReachAsync(dialog.GetByLabel("Reason, for the history"));
        await window.Page.Keyboard.TypeAsync("better");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(window.Announcement).ToHaveTextAsync("films version 3 is active");
        server.Posted.ShouldBe([("models/films/versions/3/activate", """{"reason":"better"}""")]);
    }

    [SkippableFact]
    public async Task What_the_server_refuses_is_told_in_the_dialog_that_stays()
    {
        var refusal = new { title = "nothing to go back to", status = 409, detail = "version 2 was the first" };
        PretendedServer server = PretendedServer.WithEverything()
            .Do("models/films/rollback", route => PretendedServer.FulfillAsync(route, 409, refusal));
        await using Window window = await site.OpenAsync("models", server);
        await window.Button("Roll back films").ClickAsync();
        ILocator dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Roll back" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Not done: nothing to go back to: version 2 was the first");
        await Expect(dialog).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Two_versions_are_compared_by_what_differs()
    {
        await using Window window = await site.OpenAsync("models", PretendedServer.WithEverything());
        await window.Page.GetByLabel("Compare films version 3").CheckAsync();
        await window.Page.GetByLabel("Compare films version 2").CheckAsync();
        ILocator comparison = window.Page.GetByRole(AriaRole.Status, new PageGetByRoleOptions { Name = "Comparison" });
        ILocator Row(string name) => comparison.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions
        {
            Has = window.Page.GetByRole(AriaRole.Rowheader, new PageGetByRoleOptions { Name = name, Exact = true }),
        });
        await Expect(Row("test RMSE").GetByRole(AriaRole.Cell)).ToHaveTextAsync(["0.8462", "0.8391", "−0.0071"]);
        await Expect(Row("seed").GetByRole(AriaRole.Cell)).ToHaveTextAsync(["2", "3", "differs"]);
        await Expect(Row("rank")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task The_curve_of_a_job_grows_and_a_broken_stream_is_taken_up_again()
    {
        int listened = 0;
        object[] first = [PretendedAnswers.Epoch(1)];
        PretendedServer server = new PretendedServer().Answer("jobs/job-1", PretendedAnswers.Job("job-1", "training", first));
        server.Do("jobs/job-1/events", route =>
        {
            if (++listened == 1)
            {
                return PretendedServer.StreamAsync(
                    route, ("state", new { state = "training" }), ("epoch", PretendedAnswers.Epoch(2)), ("heartbeat", new { }));
            }

            // What happened in between is in the job.
            object[] all = [.. Enumerable.Range(1, 4).Select(PretendedAnswers.Epoch)];
            server.Answer("jobs/job-1", PretendedAnswers.Job("job-1", "completed", all));
            return PretendedServer.StreamAsync(route, ("epoch", PretendedAnswers.Epoch(4)), ("state", new { state = "completed" }));
        });
        await using Window window = await site.OpenAsync("jobs/job-1", server);
        ILocator epochs = window.Region("RMSE by epoch, as a table").Locator("tbody th");
        await Expect(epochs).ToHaveTextAsync(["2 best", "1"]);
        await Expect(window.Main.GetByText("not live: connects again in 1 s")).ToBeVisibleAsync();
        await Expect(epochs).ToHaveTextAsync(["4 best", "3", "2", "1"]);
        await Expect(window.Announcement).ToHaveTextAsync("Job job-1 is completed");
        await Expect(window.Main.Locator("canvas")).ToBeVisibleAsync();
        await Expect(window.Button("Cancel job job-1")).ToHaveCountAsync(0);
        listened.ShouldBe(2);
    }

    [SkippableFact]
    public async Task A_job_is_submitted_with_the_options_that_were_given()
    {
        PretendedServer server = PretendedServer.WithEverything();
        await using Window window = await site.OpenAsync("jobs", server);
        await Expect(window.Page.GetByLabel("Model").Locator("option")).ToHaveTextAsync(["als", "of-tomorrow"]);
        await window.Page.GetByLabel("Data (a name, or a path on the server)").FillAsync("ml-100k");
        await window.Page.GetByLabel("Rank").FillAsync("32");
        server.Answer("jobs", PretendedAnswers.Job("job-1", "training", []));
        await window.Button("Submit").ClickAsync();
        await Expect(window.Region("nightly")).ToBeVisibleAsync();
        JsonElement posted = JsonDocument.Parse(server.Posted.ShouldHaveSingleItem().Body).RootElement;
        posted.GetRawText().ShouldBe("""{"model":"als","data":"ml-100k","options":{"rank":32}}""");
    }

    [SkippableFact]
    public async Task A_cluster_in_trouble_says_where()
    {
        await using Window window = await site.OpenAsync("cluster", PretendedServer.WithEverything());
        ILocator health = window.Page.GetByRole(AriaRole.List, new PageGetByRoleOptions { Name = "Health" });
        await Expect(health).ToContainTextAsync("worker-1 is unreachable.");
        await Expect(health).ToContainTextAsync("4 partitions of users on no node");
    }

    [SkippableFact]
    public async Task An_experiment_is_stopped_with_a_reason()
    {
        PretendedServer server = PretendedServer.WithEverything();
        await using Window window = await site.OpenAsync("experiments", server);
        await Expect(window.Main.GetByRole(AriaRole.Row).Nth(2)).ToContainTextAsync("4.62 %");
        await window.Button("Stop bpmf against als").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByLabel("Reason, for the history").FillAsync("won");
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Stop" }).ClickAsync();
        await Expect(window.Announcement).ToHaveTextAsync("bpmf against als is stopped");
        server.Posted.ShouldBe([("experiments/bpmf%20against%20als/stop", """{"reason":"won"}""")]);
    }

    [SkippableFact]
    public async Task The_map_is_walked_zoomed_and_searched_by_keyboard()
    {
        await using Window window = await site.OpenAsync("map", PretendedServer.WithEverything());
        ILocator map = window.Page.GetByRole(AriaRole.Application, new PageGetByRoleOptions { Name = "Map of the items" });
        await window.ReachAsync(map);
        await Expect(window.Main.GetByText("60 items of 60 in view")).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        ILocator chosen = window.Main.Locator(".chosen");
        await Expect(chosen).ToContainTextAsync("Title");
        string first = await chosen.InnerTextAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(chosen).Not.ToHaveTextAsync(first);
        await Expect(window.Announcement).ToHaveTextAsync(await chosen.InnerTextAsync());
        await window.Page.Keyboard.PressAsync("+");
        await window.Page.Keyboard.PressAsync("+");
        await Expect(window.Main.GetByText("60 items of 60 in view")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("0");
        await Expect(window.Main.GetByText("60 items of 60 in view")).ToBeVisibleAsync();

        await window.ReachAsync(window.Page.GetByRole(AriaRole.Searchbox), "Shift+Tab");
        await window.Page.Keyboard.TypeAsync("title 5");
        await Expect(window.Main.GetByText("11 titles are marked")).ToBeVisibleAsync();
        await window.ReachAsync(map);
        string href = (await chosen.GetByRole(AriaRole.Link).GetAttributeAsync("href"))!;
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync(new Regex(Regex.Escape(href) + "$"));
    }

    [SkippableFact]
    public async Task A_map_that_is_being_computed_shows_how_far_it_is()
    {
        int asked = 0;
        PretendedServer server = PretendedServer.WithEverything();
        server.Do("models/films/map", route => ++asked == 1
            ? PretendedServer.FulfillAsync(route, 202, new { progress = 0.4 })
            : PretendedServer.FulfillAsync(route, 200, PretendedAnswers.Map));
        await using Window window = await site.OpenAsync("map", server);
        await Expect(window.Main.GetByText("The map is being computed, once for this version: 40 %")).ToBeVisibleAsync();
        await Expect(window.Main.GetByText("60 items of 60 in view")).ToBeVisibleAsync();
    }
}
