using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Serving.Api;
using DistRec.Serving.Queries;

namespace DistRec.Serving.Client;

/// <summary>A server refused a request, or did not answer.</summary>
/// <param name="status">The HTTP status; 0 where there was no answer.</param>
/// <param name="message">The server, and what was expected, found and is to be done.</param>
/// <param name="innerException">The cause.</param>
public sealed class ServerException(int status, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The HTTP status; 0 where there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>Whether the request has to change before it can be answered.</summary>
    public bool IsInput => Status is >= 400 and < 500 and not 429;
}

/// <summary>Calls a server: the answers are the records that the server makes them of. Safe for any number of threads.</summary>
public sealed class RecommendationClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = ServingJson.CreateOptions();

    private readonly HttpClient _http;

    /// <param name="server">The server's address, such as <c>http://127.0.0.1:7500</c>.</param>
    /// <param name="key">An API key; null where the server asks for none.</param>
    /// <param name="handler">Sends the requests; null for the network. Not disposed.</param>
    /// <exception cref="InputException">The address is none.</exception>
    public RecommendationClient(Uri server, string? key = null, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https"))
        {
            throw InputException.At("server", "an address that begins with http:// or https://", $"\"{server}\"", "write http://127.0.0.1:7500");
        }

        _http = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        _http.BaseAddress = server;
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>What would a user rate an item?</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<PredictAnswer> PredictAsync(PredictRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<PredictRequest, PredictAnswer>("/v1/predict", model, request, cancellationToken);

    /// <summary>Many predictions at once.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<PredictBatchAnswer> PredictAsync(PredictBatchRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<PredictBatchRequest, PredictBatchAnswer>("/v1/predict/batch", model, request, cancellationToken);

    /// <summary>What should a user see?</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<RecommendAnswer> RecommendAsync(RecommendRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<RecommendRequest, RecommendAnswer>("/v1/recommendations", model, request, cancellationToken);

    /// <summary>The lists of many users at once.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<RecommendBatchAnswer> RecommendAsync(RecommendBatchRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<RecommendBatchRequest, RecommendBatchAnswer>("/v1/recommendations/batch", model, request, cancellationToken);

    /// <summary>Which items are like one?</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<SimilarItemsAnswer> SimilarItemsAsync(string item, int n = 10, string? model = null, CancellationToken cancellationToken = default) =>
        GetAsync<SimilarItemsAnswer>(With($"/v1/items/{Uri.EscapeDataString(item)}/similar?n={n}", model), cancellationToken);

    /// <summary>Which users of the model are like one?</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<SimilarUsersAnswer> SimilarUsersAsync(SimilarUsersRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<SimilarUsersRequest, SimilarUsersAnswer>("/v1/users/similar", model, request, cancellationToken);

    /// <summary>Why is a user predicted to rate an item so?</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExplainAnswer> ExplainAsync(ExplainRequest request, string? model = null, CancellationToken cancellationToken = default) =>
        PostAsync<ExplainRequest, ExplainAnswer>("/v1/explain", model, request, cancellationToken);

    /// <summary>A user has rated items; the next answer knows.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<RatingsAnswer> RateAsync(string user, IReadOnlyList<RatingRequest> ratings, CancellationToken cancellationToken = default) =>
        PostAsync<IReadOnlyList<RatingRequest>, RatingsAnswer>($"/v1/users/{Uri.EscapeDataString(user)}/ratings", null, ratings, cancellationToken);

    /// <summary>What a user has rated.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<HistoryAnswer> RatingsAsync(string user, CancellationToken cancellationToken = default) =>
        GetAsync<HistoryAnswer>($"/v1/users/{Uri.EscapeDataString(user)}/ratings", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<TAnswer> GetAsync<TAnswer>(string path, CancellationToken cancellationToken) =>
        SendAsync<TAnswer>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private Task<TAnswer> PostAsync<TRequest, TAnswer>(string path, string? model, TRequest request, CancellationToken cancellationToken) =>
        SendAsync<TAnswer>(
            new HttpRequestMessage(HttpMethod.Post, With(path, model)) { Content = JsonContent.Create(request, options: Json) }, cancellationToken);

    /// <param name="request">The request; disposed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServerException">The server refuses, or does not answer.</exception>
    private async Task<TAnswer> SendAsync<TAnswer>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync<TAnswer>(Json, cancellationToken).ConfigureAwait(false))!
                : throw await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            throw new ServerException(
                0, $"{_http.BaseAddress}: expected a DistRec server that answers, found: {exception.Message}; start one with distrec serve, or check the address", exception);
        }
        finally
        {
            request.Dispose();
        }
    }

    private async Task<ServerException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        string reason = text;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            reason = TextOf(problem, "detail") ?? (problem.RootElement.TryGetProperty("errors", out JsonElement errors)
                ? string.Join("; ", errors.EnumerateObject().SelectMany(error => error.Value.EnumerateArray()).Select(error => error.GetString()))
                : TextOf(problem, "title") ?? text);
        }
        catch (JsonException)
        {
            // Something that is no server of ours; what it says is all there is to tell.
        }

        int status = (int)response.StatusCode;
        return new ServerException(status, $"{_http.BaseAddress} answered {status}: {reason}");
    }

    private static string? TextOf(JsonDocument problem, string name) =>
        problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static string With(string path, string? model) =>
        model is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}model={Uri.EscapeDataString(model)}";
}
