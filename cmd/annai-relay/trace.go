package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"annai/relay"
)

// A tracer tells an OpenTelemetry collector about answers and deliveries: routes,
// classes, codes and ids, never what somebody sent. It is silent unless the
// environment names a collector (OTEL_EXPORTER_OTLP_ENDPOINT).
type tracer struct {
	trace.Tracer
	end func(context.Context) error
}

func newTracer(ctx context.Context) (*tracer, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" || os.Getenv("OTEL_SDK_DISABLED") == "true" {
		return &tracer{noop.NewTracerProvider().Tracer(""), func(context.Context) error { return nil }}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("OpenTelemetry: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "annai-relay"), attribute.String("service.version", versionText())), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OpenTelemetry: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	return &tracer{provider.Tracer("annai-relay"), provider.Shutdown}, nil
}

// following makes one span of each answer, as part of the caller's trace if there
// is one.
func (t *tracer) following(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		r = r.WithContext(ctx)
		next.ServeHTTP(status, r)
		if r.Pattern != "" {
			span.SetName(r.Pattern)
		}
		span.SetAttributes(attribute.Int("http.response.status_code", status.status))
		if status.status >= 500 {
			span.SetStatus(codes.Error, "")
		}
	})
}

// attempted makes one span of an attempt that is over.
func (t *tracer) attempted(d relay.Delivery, a relay.Attempt) {
	_, span := t.Start(context.Background(), "deliver "+d.Destination, trace.WithTimestamp(a.Started), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("relay.delivery", d.ID), attribute.Int("relay.attempt", a.Number), attribute.String("relay.class", string(a.Class)), attribute.Int("http.response.status_code", a.Status)))
	if a.Class != relay.ClassDelivered && a.Class != relay.ClassByHand {
		span.SetStatus(codes.Error, string(a.Class))
	}
	span.End(trace.WithTimestamp(a.Ended))
}

// A statusWriter remembers the answer's status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController and compression see what is below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
