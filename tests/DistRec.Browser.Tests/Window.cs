namespace DistRec.Browser.Tests;

/// <summary>A window of the browser, which keeps what went wrong in it.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly List<string> _faults = [];

    public Window(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) =>
        {
            // An answer that is not 200 is an error to the browser, not to the page. What breaks the policy of contents is one to both.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    public ILocator Main => Page.GetByRole(AriaRole.Main);

    /// <summary>What the page says to those who do not see it change.</summary>
    public ILocator Announcement => Page.Locator("[aria-live=polite]").Last;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Link(string name) => Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = name, Exact = true });

    public ILocator Region(string name) => Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>Presses a key until something has the focus: what a person without a pointer does.</summary>
    public async Task ReachAsync(ILocator target, string key = "Tab", int most = 60)
    {
        for (int pressed = 0; pressed < most; pressed++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await Page.Keyboard.PressAsync(key);
        }

        string where = await Page.EvaluateAsync<string>("document.activeElement.outerHTML");
        throw new InvalidOperationException($"{target} is not reached by {most} times {key}; the focus is on {where}");
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        _faults.ShouldBeEmpty();
    }
}
