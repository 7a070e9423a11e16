using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Api;
using DistRec.Serving.Events.Import;
using DistRec.Serving.Items;
using DistRec.Serving.Registry;

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
    /// <summary>How long a question is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

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
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _http.BaseAddress = server;
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>The server's address.</summary>
    public Uri Server => _http.BaseAddress!;

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

    /// <summary>Stores many events.</summary>
    /// <param name="text">UTF-8: comma-separated values under a line of names, or a JSON object a line.</param>
    /// <param name="cancellationToken">Gives up; what is stored stays.</param>
    /// <exception cref="ServerException">The server refuses, or does not answer.</exception>
    public Task<EventImportReport> ImportEventsAsync(Stream text, CancellationToken cancellationToken = default) => SendAsync<EventImportReport>(
        new HttpRequestMessage(HttpMethod.Post, "/v1/events/import") { Content = new StreamContent(text) }, cancellationToken, Timeout.InfiniteTimeSpan);

    /// <summary>All models and their versions.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ModelsAnswer> ModelsAsync(CancellationToken cancellationToken = default) => GetAsync<ModelsAnswer>("/v1/models", cancellationToken);

    /// <summary>Registers a model of this machine: its files are sent. The same one again is the version that is there.</summary>
    /// <param name="name">Its name on the server.</param>
    /// <param name="folder">The folder that training saved to.</param>
    /// <param name="activate">Whether it is to answer at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The version.</returns>
    /// <exception cref="InputException">The folder holds no sound model.</exception>
    /// <exception cref="ServerException">The server refuses, or does not answer.</exception>
    public Task<ModelVersionAnswer> UploadModelAsync(string name, string folder, bool activate, CancellationToken cancellationToken = default)
    {
        HttpRequestMessage request = new(HttpMethod.Post, $"/v1/models/{Uri.EscapeDataString(name)}/versions?activate={(activate ? "true" : "false")}");
        request.Content = new ModelContent(folder);

        // Whether the server takes it is known before it is sent.
        request.Headers.ExpectContinue = true;
        return SendAsync<ModelVersionAnswer>(request, cancellationToken, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Says what an item is, for models that do not know it.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ItemDetails> PutItemAsync(string item, ItemRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ItemDetails>(
            new HttpRequestMessage(HttpMethod.Put, $"/v1/items/{Uri.EscapeDataString(item)}") { Content = JsonContent.Create(request, options: Json) }, cancellationToken);

    /// <summary>Users have done something, or were shown it. To count in an experiment an event names its answer.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<EventsAnswer> StoreAsync(IReadOnlyList<EventRequest> events, CancellationToken cancellationToken = default) =>
        PostAsync<EventsRequest, EventsAnswer>("/v1/events", null, new EventsRequest { Events = events }, cancellationToken);

    /// <summary>All experiments, the newest first.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async Task<IReadOnlyList<ExperimentAnswer>> ExperimentsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync<ExperimentsAnswer>("/v1/experiments", cancellationToken).ConfigureAwait(false)).Experiments;

    /// <summary>An experiment, and what it has come to.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> ExperimentAsync(string name, CancellationToken cancellationToken = default) =>
        GetAsync<ExperimentAnswer>($"/v1/experiments/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Begins an experiment; the same one again is the one that is there.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> BeginAsync(ExperimentRequest experiment, CancellationToken cancellationToken = default) =>
        PostAsync<ExperimentRequest, ExperimentAnswer>("/v1/experiments", null, experiment, cancellationToken);

    /// <summary>The active version answers everybody until the experiment goes on.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> PauseAsync(string experiment, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(experiment, "pause", new ReasonRequest { Reason = reason }, cancellationToken);

    /// <summary>Goes on with an experiment that was paused.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> ResumeAsync(string experiment, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(experiment, "resume", new ReasonRequest { Reason = reason }, cancellationToken);

    /// <summary>Ends an experiment.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> StopAsync(string experiment, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(experiment, "stop", new ReasonRequest { Reason = reason }, cancellationToken);

    /// <summary>Ends an experiment, and makes one of its arms the active version; of two the one that is not the control, where none is named.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<ExperimentAnswer> PromoteAsync(string experiment, string? arm = null, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(experiment, "promote", new PromoteRequest { Arm = arm, Reason = reason }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<ExperimentAnswer> ChangeAsync<TRequest>(string experiment, string verb, TRequest request, CancellationToken cancellationToken) =>
        PostAsync<TRequest, ExperimentAnswer>($"/v1/experiments/{Uri.EscapeDataString(experiment)}/{verb}", null, request, cancellationToken);

    private Task<TAnswer> GetAsync<TAnswer>(string path, CancellationToken cancellationToken) =>
        SendAsync<TAnswer>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private Task<TAnswer> PostAsync<TRequest, TAnswer>(string path, string? model, TRequest request, CancellationToken cancellationToken) =>
        SendAsync<TAnswer>(
            new HttpRequestMessage(HttpMethod.Post, With(path, model)) { Content = JsonContent.Create(request, options: Json) }, cancellationToken);

    /// <param name="request">The request; disposed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="patience">How long it is waited for; null for <see cref="Patience"/>.</param>
    /// <exception cref="ServerException">The server refuses, or does not answer.</exception>
    private async Task<TAnswer> SendAsync<TAnswer>(HttpRequestMessage request, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience ?? Patience);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, late.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync<TAnswer>(Json, late.Token).ConfigureAwait(false))!
                : throw await RefusalAsync(response, late.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.InnerException is InputException ofContent)
        {
            throw new InputException(ofContent.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            throw NoAnswer(exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer($"nothing within {Patience.TotalSeconds:0} s", exception);
        }
        finally
        {
            request.Dispose();
        }
    }

    private ServerException NoAnswer(string found, Exception exception) => new(
        0, $"{_http.BaseAddress}: expected a DistRec server that answers, found: {found}; start one with distrec serve, or check the address", exception);

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

    // Written as it is sent: a model may be larger than memory has room for.
    private sealed class ModelContent : HttpContent
    {
        private readonly string _folder;

        public ModelContent(string folder)
        {
            _folder = folder;
            Headers.ContentType = new MediaTypeHeaderValue(ModelArchive.MediaType);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            ModelArchive.WriteAsync(_folder, stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static string With(string path, string? model) =>
        model is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}model={Uri.EscapeDataString(model)}";
}
