using System.Net;

namespace DistRec.Cli.Tests;

/// <summary>A network on which everybody gives the same answer; remembers who was asked what.</summary>
internal sealed class AnsweringNetwork(HttpStatusCode status, string words = "") : HttpMessageHandler
{
    public List<string> Asked { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add($"{request.Method} {request.RequestUri}");
        return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(words) });
    }
}
