using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.EntityFrameworkCore;
using Microsoft.OpenApi;
using Npgsql;
using NxLoy.Data;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;

namespace NxLoy.Api;

/// <summary>Marks endpoints that are one business's, and says so in the description of the API.</summary>
internal sealed class TenantHeader : IOpenApiOperationTransformer
{
    /// <summary>For the demonstration anybody may say who they are; an application takes it from the signed token.</summary>
    public const string Name = "X-Business-Id";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<TenantHeader>().Any()) return Task.CompletedTask;
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = Name,
            In = ParameterLocation.Header,
            Required = true,
            Description = "Whose request this is: the `id` that signing up answered.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        return Task.CompletedTask;
    }
}

internal sealed class ApiTitle : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "NxLoy",
            Version = "1.0",
            Description = "Customers, points and rewards of many businesses, each of which sees its own. Sign one up, and send its `id` along as `X-Business-Id`.",
        };
        return Task.CompletedTask;
    }
}

/// <summary>Takes the tenant from the request. Every query of the request is then that business's, whatever the endpoint says.</summary>
internal sealed class TenantFilter(TenantContext tenant, NxLoyContext data) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[TenantHeader.Name].ToString() is not { Length: > 0 } id)
            return TypedResults.Problem($"The header {TenantHeader.Name} says whose request this is; it is missing.", statusCode: 400);
        if (!await data.Businesses.AnyAsync(b => b.Id == id, http.RequestAborted))
            return TypedResults.Problem($"There is no business `{id}`.", statusCode: 403);
        tenant.TenantId = id;
        return await next(context);
    }
}

/// <summary>What the client or the database refuses becomes an answer that a caller understands.</summary>
internal sealed class RefusalHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception error, CancellationToken cancellationToken)
    {
        var (status, detail) = error switch
        {
            TenantException => (403, error.Message),
            SoftDeleteException => (409, error.Message),
            DbUpdateConcurrencyException => (409, "Somebody else has changed it meanwhile."),
            _ => (error as PostgresException ?? error.InnerException as PostgresException) switch
            {
                { SqlState: PostgresErrorCodes.UniqueViolation } => (409, "It exists already."),
                { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: { } rule } => (422, $"The rule `{rule}` does not allow it."),
                { SqlState: PostgresErrorCodes.ForeignKeyViolation } => (422, "It refers to something that does not exist."),
                { SqlState: PostgresErrorCodes.StringDataRightTruncation or PostgresErrorCodes.NumericValueOutOfRange } => (422, "A value is too long or too large."),
                _ => (0, ""),
            },
        };
        if (status == 0) return ValueTask.FromResult(false);
        context.Response.StatusCode = status;
        return problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = { Status = status, Detail = detail } });
    }
}
