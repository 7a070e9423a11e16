namespace DistRec.Browser.Tests;

/// <summary>What the dashboard says where there is nothing to show.</summary>
[Collection(nameof(Site))]
public sealed class StateTests(Site site)
{
    [SkippableTheory]
    [InlineData("overview", "No model answers yet")]
    [InlineData("models", "No model is registered yet.")]
    [InlineData("jobs", "No job was submitted yet.")]
    [InlineData("cluster", "No node is in a cluster with this server.")]
    [InlineData("map", "no model is active")]
    [InlineData("experiments", "No experiment was started yet")]
    [InlineData("query/user/nobody", "The server knows no ratings of this user.")]
    [InlineData("nowhere", "There is no page of this name")]
    public async Task Where_there_is_nothing_a_page_says_so_and_what_to_do(string place, string told)
    {
        await using Window window = await site.OpenAsync(place, PretendedServer.Empty());
        await Expect(window.Main.GetByText(told)).ToBeVisibleAsync();
    }

    [SkippableTheory]
    [InlineData("overview", "No overview to show")]
    [InlineData("query", "No titles to show")]
    [InlineData("query/user/u1", "No recommendations to show")]
    [InlineData("models", "No models to show")]
    [InlineData("jobs", "No jobs to show")]
    [InlineData("jobs/job-1", "No job to show")]
    [InlineData("cluster", "No cluster to show")]
    [InlineData("experiments", "No experiments to show")]
    public async Task A_server_that_fails_is_asked_again_by_a_button(string place, string told)
    {
        PretendedServer server = PretendedServer.WithEverything().Fail(500, "the server failed", "what happened is in the server's log");
        await using Window window = await site.OpenAsync(place, server);
        ILocator alert = window.Main.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = told });
        await Expect(alert).ToContainTextAsync("the server failed. What happened is in the server's log.");
        server.DoAll(null);
        await alert.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Try again" }).ClickAsync();
        await Expect(alert).ToHaveCountAsync(0);
        await Expect(window.Main.Locator(".panel").First).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_server_that_does_not_answer_leaves_what_was_shown_and_is_asked_again_by_itself()
    {
        PretendedServer server = PretendedServer.WithEverything();
        await using Window window = await site.OpenAsync("overview", server);
        await window.Page.Clock.InstallAsync();
        await window.Page.ReloadAsync();
        await Expect(window.Region("Active model")).ToBeVisibleAsync();
        ILocator lost = window.Page.GetByText("The server does not answer: what is shown may be old.");
        await Expect(lost).ToHaveCountAsync(0);
        server.DoAll(route => route.AbortAsync());
        await window.Page.Clock.RunForAsync(6_000);
        await Expect(lost).ToBeVisibleAsync();
        await Expect(window.Region("Active model")).ToBeVisibleAsync();
        server.DoAll(null);
        await window.Page.Clock.RunForAsync(6_000);
        await Expect(lost).ToHaveCountAsync(0);
    }

    [SkippableTheory]
    [InlineData("overview", "the overview")]
    [InlineData("models", "the models")]
    [InlineData("jobs", "the jobs")]
    [InlineData("cluster", "the cluster")]
    [InlineData("map", "the models")]
    [InlineData("experiments", "the experiments")]
    public async Task A_part_that_the_server_does_not_have_is_no_fault(string place, string what)
    {
        await using Window window = await site.OpenAsync(place, new PretendedServer().Fail(404, "Not Found", null));
        await Expect(window.Main.GetByText($"This server does not have {what}")).ToBeVisibleAsync();
        await Expect(window.Main.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_key_is_asked_for_kept_in_the_tab_and_sent()
    {
        PretendedServer server = PretendedServer.WithEverything();
        var refusal = new { title = "a key is missing", status = 401, detail = "send Authorization: Bearer KEY" };
        server.Do("overview", async route => await (await route.Request.HeaderValueAsync("Authorization") == "Bearer open sesame"
            ? PretendedServer.FulfillAsync(route, 200, PretendedAnswers.Overview(PretendedAnswers.Version(2, "active", 0.8462)))
            : PretendedServer.FulfillAsync(route, 401, refusal)));
        await using Window window = await site.OpenAsync("overview", server);
        ILocator key = window.Page.GetByLabel("API key");
        await key.FillAsync("wrong");
        await key.PressAsync("Enter");
        await Expect(window.Main.GetByText("It has refused the key that was given.")).ToBeVisibleAsync();
        await key.FillAsync("open sesame");
        await key.PressAsync("Enter");
        await Expect(window.Region("Active model")).ToBeVisibleAsync();
        await window.Page.ReloadAsync();
        await Expect(window.Region("Active model")).ToBeVisibleAsync();
    }
}
