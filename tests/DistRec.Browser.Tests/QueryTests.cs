using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace DistRec.Browser.Tests;

[Collection(nameof(Site))]
public sealed class QueryTests(Site site)
{
    [SkippableFact]
    public async Task The_keyboard_alone_finds_a_user_and_why_a_title_is_on_the_list()
    {
        await using Window window = await site.OpenAsync("query");
        await window.ReachAsync(window.Page.GetByRole(AriaRole.Searchbox));
        await window.Page.Keyboard.TypeAsync("u3");
        ILocator user = window.Link("User u3");
        await Expect(user).ToBeVisibleAsync();
        await Expect(window.Main.GetByText("No title and no item's id contains “u3”.")).ToBeVisibleAsync();
        await window.ReachAsync(user);
        await window.Page.Keyboard.PressAsync("Enter");

        ILocator list = window.Region("User u3 should see");
        ILocator why = list.GetByRole(AriaRole.Button).First;
        await window.ReachAsync(why);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(why).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(list.GetByText("Sum", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Region("User u3 has rated").GetByRole(AriaRole.Row)).ToHaveCountAsync(15);
    }

    [SkippableFact]
    public async Task Reasons_add_up_to_the_score()
    {
        await using Window window = await site.OpenAsync("query/user/u4");
        ILocator list = window.Region("User u4 should see");
        ILocator row = list.Locator("tbody > tr").First;
        double score = Number(await row.Locator("td").Nth(2).InnerTextAsync());
        await row.GetByRole(AriaRole.Button).ClickAsync();
        ILocator reasons = list.Locator("table table");
        await Expect(reasons).ToBeVisibleAsync();
        IReadOnlyList<string> parts = await reasons.Locator("tbody td.number").AllInnerTextsAsync();
        double sum = Number(await reasons.Locator("tfoot td.number").First.InnerTextAsync());
        parts.Sum(Number).ShouldBe(sum, 0.0005 * (parts.Count + 1));
        sum.ShouldBe(score, 0.0011);
    }

    [SkippableFact]
    public async Task Each_rating_of_a_new_user_changes_the_list_at_once_and_says_so()
    {
        await using Window window = await site.OpenAsync("query/new");
        ILocator list = window.Region("You should see");
        await Expect(list.GetByText("Your list stands here as soon as you have rated a title.")).ToBeVisibleAsync();
        ILocator search = window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "A part of a title", Exact = true });
        await window.ReachAsync(search);
        await window.Page.Keyboard.TypeAsync("title 1");
        ILocator first = window.Page.GetByLabel("Rate Title 1", new PageGetByLabelOptions { Exact = true });
        await Expect(first).ToHaveAttributeAsync("aria-valuetext", "not rated");
        await window.ReachAsync(first);
        await window.Page.Keyboard.PressAsync("End");
        await Expect(first).ToHaveAttributeAsync("aria-valuetext", "5 of 5");
        await ShowsAsync(list, ("i1", 5));
        await Expect(window.Announcement).ToContainTextAsync("titles recommended");

        ILocator second = window.Page.GetByLabel("Rate Title 10", new PageGetByLabelOptions { Exact = true });
        await window.ReachAsync(second);
        await window.Page.Keyboard.PressAsync("Home");
        await Expect(second).ToHaveAttributeAsync("aria-valuetext", "0.5 of 5");
        await ShowsAsync(list, ("i1", 5), ("i10", 0.5));
        await Expect(window.Announcement).ToContainTextAsync("Your list has changed");
        await Expect(window.Region("Your ratings").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);

        await window.Button("Remove Title 1").ClickAsync();
        await ShowsAsync(list, ("i10", 0.5));
    }

    [SkippableFact]
    public async Task Ratings_are_kept_for_a_user_who_is_then_found_with_them()
    {
        await using Window window = await site.OpenAsync("query/new");
        ILocator rating = window.Page.GetByLabel("Rate Title 0", new PageGetByLabelOptions { Exact = true });
        await rating.FocusAsync();
        await rating.PressAsync("End");
        await window.Page.GetByLabel("Keep them for a user's id").FillAsync("newcomer");
        await window.Button("Keep").ClickAsync();
        await window.Link("See user newcomer").ClickAsync();
        ILocator rated = window.Region("User newcomer has rated").GetByRole(AriaRole.Row).Nth(1);
        await Expect(rated).ToContainTextAsync("Title 0 new");
        await Expect(rated).ToContainTextAsync("5");
        await Expect(window.Region("User newcomer should see").GetByRole(AriaRole.Row).Nth(1)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Similar_titles_lead_from_one_to_the_next_and_back()
    {
        await using Window window = await site.OpenAsync("query/item/i0");
        ILocator similar = window.Region("Like Title 0").GetByRole(AriaRole.Link).First;
        string name = await similar.InnerTextAsync();
        await similar.ClickAsync();
        await Expect(window.Region($"Like {name}")).ToBeVisibleAsync();
        await window.Page.GoBackAsync();
        await Expect(window.Region("Like Title 0")).ToBeVisibleAsync();
    }

    // The list that the server gives for the same ratings.
    private async Task ShowsAsync(ILocator list, params (string Item, double Rating)[] ratings)
    {
        using HttpResponseMessage response = await site.Client.PostAsJsonAsync(
            "v1/recommendations", new { ratings = ratings.Select(rating => new { item = rating.Item, rating = rating.Rating }), n = 15 });
        JsonElement answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        string[] titles = [.. answer.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("title").GetString() ?? item.GetProperty("item").GetString()!)];
        titles.ShouldNotBeEmpty();
        await Expect(list.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(titles);
    }

    private static double Number(string text) => double.Parse(text.Replace('−', '-').Trim(), CultureInfo.InvariantCulture);
}
