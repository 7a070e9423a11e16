using Deque.AxeCore.Commons;

namespace DistRec.Browser.Tests;

[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    public static TheoryData<string, string> Places => new()
    {
        { "overview", "Active model" },
        { "query", "Titles with most ratings" },
        { "query/user/u1", "User u1 should see" },
        { "query/item/i2", "Like Title 2" },
        { "query/new", "Rate a few titles" },
        { "models", "films" },
        { "jobs", "All jobs" },
        { "jobs/job-1", "nightly" },
        { "cluster", "Nodes" },
        { "map", "Items of films" },
        { "experiments", "bpmf against als" },
    };

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public async Task A_page_stands_still_while_it_loads_and_has_no_serious_fault_in_light_and_dark_on_phone_and_desktop(string place, string heading)
    {
        await using Window window = await site.OpenAsync(place, PretendedServer.WithEverything(), width: 360);
        await Expect(window.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = heading, Exact = true })).ToBeVisibleAsync();
        await Expect(window.Main.Locator("[aria-busy]")).ToHaveCountAsync(0);

        // Up to 0.1 is called good (web.dev, Cumulative Layout Shift).
        (await MovedAsync(window)).ShouldBeLessThan(0.02);
        await window.Page.EvaluateAsync($"{Axe}; undefined");
        foreach (int width in new[] { 360, 1280 })
        {
            await window.Page.SetViewportSizeAsync(width, 800);
            foreach (ColorScheme colours in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await window.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colours });
                string look = $"{place}, {width} px, {colours}";
                int beyond = await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
                beyond.ShouldBeLessThanOrEqualTo(0, look);
                (await FaultsAsync(window, colours == ColorScheme.Light)).ShouldBeEmpty(look);
            }
        }
    }

    [SkippableFact]
    public async Task A_page_names_itself_and_its_parts()
    {
        await using Window window = await site.OpenAsync("query/user/u1");
        await Expect(window.Page).ToHaveTitleAsync("user · u1 · Query · DistRec");
        await Expect(window.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Query" }))
            .ToHaveAttributeAsync("aria-current", "page");
        await Expect(window.Page.GetByRole(AriaRole.Banner)).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Contentinfo)).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Query");
    }

    [SkippableFact]
    public async Task The_keyboard_skips_to_the_content_and_shows_where_it_is()
    {
        await using Window window = await site.OpenAsync("query");
        await Expect(window.Link("Title 0")).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("Tab");
        ILocator skip = window.Page.GetByText("Skip to the content");
        await Expect(skip).ToBeFocusedAsync();
        await Expect(skip).ToBeInViewportAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Main).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Tab");
        ILocator search = window.Page.GetByRole(AriaRole.Searchbox);
        await Expect(search).ToBeFocusedAsync();
        (await search.EvaluateAsync<string>("element => getComputedStyle(element).outlineStyle")).ShouldBe("solid");
    }

    [SkippableFact]
    public async Task A_theme_that_was_chosen_stays()
    {
        await using Window window = await site.OpenAsync("query");
        await window.Page.GetByLabel("Theme").SelectOptionAsync("dark");
        string dark = await window.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByLabel("Theme")).ToHaveValueAsync("dark");
        (await window.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor")).ShouldBe(dark);
        await window.Page.GetByLabel("Theme").SelectOptionAsync("light");
        (await window.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor")).ShouldNotBe(dark);
    }

    private static Task<double> MovedAsync(Window window) => window.Page.EvaluateAsync<double>("""
        new Promise((done) => {
            let sum = 0;
            const add = (list) => list.getEntries().forEach((shift) => { sum += shift.value; });
            new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => setTimeout(() => done(sum), 20));
        })
        """);

    // Only colours differ in the dark: all the other rules would find the same again.
    private static Task<string[]> FaultsAsync(Window window, bool isEverything) => window.Page.EvaluateAsync<string[]>(
        """
        async (rules) => {
            const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) });
            return violations.filter((fault) => ["serious", "critical"].includes(fault.impact))
                .map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.map((node) => node.html).join("; ")}`);
        }
        """,
        isEverything ? null : new[] { "color-contrast", "link-in-text-block" });
}
