using System.Net;

namespace DistRec.Data.Tests.Catalogue;

/// <summary>Answers requests from memory.</summary>
internal sealed class FakeServer : HttpMessageHandler
{
    private readonly Dictionary<string, Func<HttpContent>> _files = [];

    public int RequestCount { get; private set; }

    public Exception? Failure { get; set; }

    public FakeServer With(string address, byte[] bytes)
    {
        _files[address] = () => new ByteArrayContent(bytes);
        return this;
    }

    public FakeServer With(string address, Stream stream)
    {
        _files[address] = () => new StreamContent(stream);
        return this;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RequestCount++;
        if (Failure is not null)
        {
            throw Failure;
        }

        return Task.FromResult(_files.TryGetValue(request.RequestUri!.ToString(), out Func<HttpContent>? content)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = content() }
            : new HttpResponseMessage(HttpStatusCode.NotFound));
    }
}
